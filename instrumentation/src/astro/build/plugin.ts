import { fileURLToPath } from 'node:url';
import { instrument } from './instrument.ts';
import { SEAMS, type Seam } from './seams.ts';

/** As much of Vite's plugin as is needed here, which is the same in the versions that Astro 5, 6 and 7 bring. */
interface SeamsPlugin {
  name: string;
  applyToEnvironment(environment: { name: string }): boolean;
  transform(code: string, id: string): { code: string; map: object } | undefined;
  buildEnd(error?: Error): void;
}

/**
 * A production build bundles Astro, and nothing is left that a hook could patch while it runs: the spans are put in while it is built.
 * A place that is not where it is expected costs its own span and nothing else.
 */
export function seamsPlugin(warn: (line: string) => void, building: boolean): SeamsPlugin {
  const found = new Set<Seam>();
  const missing = new Set<Seam>();
  const told = new Set<Seam>();
  const runtime = runtimeFile();

  const tell = (seam: Seam) => {
    if (told.has(seam)) return;
    told.add(seam);
    const files = [...new Set(seam.places.map((place) => place.file))].join(', ');
    warn(`${seam.name}: this version of Astro has it elsewhere, there will be no such span (looked in ${files})`);
  };

  return {
    name: 'onetrace-seams',
    // What is rendered while building is nobody's request: only what serves.
    applyToEnvironment: (environment) => environment.name === 'ssr',
    transform(code, id) {
      const file = id.split('?', 1)[0]?.replaceAll('\\', '/') ?? id;
      if (!/\/node_modules\/(astro|@astrojs\/node)\/dist\//.test(file)) return undefined;
      const result = instrument(file, code, SEAMS, runtime);
      for (const seam of result.found) found.add(seam);
      for (const seam of result.missing) missing.add(seam);
      // A development server loads what is asked for: there is no end to wait for.
      if (!building) for (const seam of result.missing) if (!found.has(seam)) tell(seam);
      return result.output;
    },
    buildEnd(error) {
      if (error !== undefined || !building || found.size + missing.size === 0) return;
      for (const seam of SEAMS) if (!found.has(seam) && (missing.has(seam) || !seam.optional)) tell(seam);
    },
  };
}

function runtimeFile(): string {
  const { url } = import.meta;
  return fileURLToPath(new URL(`../runtime/seams${url.slice(url.lastIndexOf('.'))}`, url)).replaceAll('\\', '/');
}
