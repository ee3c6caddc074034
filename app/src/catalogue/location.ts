import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The catalogue that belongs to this code: `data/catalogue.sqlite` in the nearest folder above the module, be that a source in
 * src/ or a chunk in dist/server/. The working directory plays no part, as process managers set it as they like.
 */
export function findCatalogue(moduleUrl: string, override: string | undefined): string {
  if (override) return override;
  let folder = dirname(fileURLToPath(moduleUrl));
  for (;;) {
    const candidate = join(folder, 'data', 'catalogue.sqlite');
    if (existsSync(candidate)) return candidate;
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  throw new Error(
    `expected data/catalogue.sqlite in a folder above ${fileURLToPath(moduleUrl)}, found none: ` +
      'build it with `npm run catalogue -w app`, or name it in ICON_DATABASE',
  );
}
