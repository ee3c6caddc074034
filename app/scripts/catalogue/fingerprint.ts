import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import { iconSets } from './sets.ts';

/** Changes whenever the catalogue would: the sets' versions and the code that writes it. */
export function fingerprint(): string {
  const hash = createHash('sha256');
  const require = createRequire(import.meta.url);
  for (const { prefix } of iconSets) hash.update(readFileSync(require.resolve(`@iconify-json/${prefix}/package.json`)));
  const code = readdirSync(new URL('.', import.meta.url)).filter((file) => !file.endsWith('.test.ts'));
  for (const file of code.sort()) hash.update(readFileSync(new URL(file, import.meta.url)));
  return hash.digest('hex');
}

export function isUpToDate(path: string, inputs: string): boolean {
  if (!existsSync(path)) return false;
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    return database.prepare('SELECT value FROM meta WHERE key = ?').get('inputs')?.value === inputs;
  } catch {
    // Not a catalogue, or one of another shape: build it anew.
    return false;
  }
}
