import { readFileSync, realpathSync } from 'node:fs';
import * as modules from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ASTRO_COMMAND = /[\\/]astro[\\/](?:bin[\\/])?astro\.m?js$/;
const OF_ASTRO = /\/node_modules\/astro\/dist\//;

/**
 * `astro dev` of Astro 5 takes the part of Astro that answers requests straight from node_modules, past Vite and its plugins: there the
 * seams are put in when Node loads it. From 6 on all of it comes through Vite.
 */
export async function instrumentAstroDev(script: string | undefined, args: string[]): Promise<void> {
  if (script === undefined || !args.includes('dev') || majorOfAstro(script) !== 5) return;
  const { instrument } = await import('../astro/build/instrument.ts');
  const { SEAMS } = await import('../astro/build/seams.ts');
  const runtime = import.meta.resolve(
    `../astro/runtime/seams${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
  );
  modules.registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!OF_ASTRO.test(url) || loaded.format !== 'module' || !loaded.source) return loaded;
      const { output } = instrument(fileURLToPath(url), String(loaded.source), SEAMS, runtime);
      return output === undefined ? loaded : { ...loaded, source: output.code };
    },
  });
}

/** `undefined`: this is not Astro's command line. */
function majorOfAstro(script: string): number | undefined {
  try {
    const file = realpathSync(script);
    if (!ASTRO_COMMAND.test(file)) return undefined;
    const { version } = JSON.parse(
      readFileSync(join(dirname(file.replace(/[\\/]bin[\\/]/, '/')), 'package.json'), 'utf8'),
    );
    return Number.parseInt(version, 10);
  } catch {
    return undefined;
  }
}
