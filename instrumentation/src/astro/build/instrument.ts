import MagicString from 'magic-string';
import type { Place, Seam } from './seams.ts';

interface Instrumented {
  code: string;
  map: ReturnType<MagicString['generateMap']>;
}

/** Puts the seams into one module of Astro's; says which of them were found and which were not. */
export function instrument(
  id: string,
  code: string,
  seams: readonly Seam[],
  runtime: string,
): { found: Seam[]; missing: Seam[]; output: Instrumented | undefined } {
  const text = new MagicString(code);
  const imports = new Map<string, string>();
  const name = (seam: string) => {
    const local = `onetrace_seam_${seam}`;
    imports.set(seam, local);
    return local;
  };
  const found: Seam[] = [];
  const missing: Seam[] = [];
  for (const seam of seams) {
    const places = seam.places.filter((place) => isIn(id, place));
    if (places.length === 0) continue;
    if (places.some((place) => place.edit(code, text, name))) found.push(seam);
    else missing.push(seam);
  }
  if (!text.hasChanged()) return { found, missing, output: undefined };

  const list = [...imports].map(([seam, local]) => `${seam} as ${local}`).join(', ');
  text.prepend(`import { ${list} } from ${JSON.stringify(runtime)};\n`);
  return {
    found,
    missing,
    output: { code: text.toString(), map: text.generateMap({ hires: 'boundary', source: id }) },
  };
}

function isIn(id: string, place: Place): boolean {
  return id.endsWith(`/node_modules/${place.file}`);
}
