import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { categorise } from './categorise.ts';
import type { SetDefinition } from './sets.ts';

/** One icon set, normalised: every icon with its own geometry, aliases turned into search words. */
export interface IconSet {
  prefix: string;
  title: string;
  author: string;
  licence: string;
  licenceUrl: string;
  version: string;
  icons: SourceIcon[];
  categories: SourceCategory[];
}

export interface SourceIcon {
  name: string;
  body: string;
  left: number;
  top: number;
  width: number;
  height: number;
  /** other names of the same drawing, separated by spaces */
  aliases: string;
}

export interface SourceCategory {
  slug: string;
  title: string;
  /** names of icons, in the order in which they are shown */
  icons: string[];
}

export function readSet(definition: SetDefinition): IconSet {
  const { prefix } = definition;
  const data = readJson<IconifyData>(prefix, 'icons.json');
  const info = readJson<IconifyInfo>(prefix, 'info.json');
  const metadata = readJson<IconifyMetadata>(prefix, 'metadata.json');
  const { version } = readJson<{ version: string }>(prefix, 'package.json');

  const aliases = aliasesByParent(data);
  const icons = Object.entries(data.icons)
    .filter(([, icon]) => !icon.hidden)
    .map(([name, icon]) => ({
      name,
      body: withOwnIds(icon.body, `${prefix}-${name}`),
      left: icon.left ?? data.left ?? 0,
      top: icon.top ?? data.top ?? 0,
      width: icon.width ?? data.width ?? 16,
      height: icon.height ?? data.height ?? 16,
      aliases: (aliases.get(name) ?? []).join(' '),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

  return {
    prefix,
    title: info.name,
    author: info.author.name,
    licence: info.license.title,
    licenceUrl: info.license.url ?? '',
    version,
    icons,
    categories: categorise(
      definition,
      metadata,
      icons.map((icon) => icon.name),
    ),
  };
}

/** A page shows a hundred icons inline, so ids that only are unique inside one icon would refer to a neighbour's mask. */
export function withOwnIds(body: string, scope: string): string {
  const ids = [...body.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] ?? '');
  return ids.reduce(
    (text, id, index) =>
      text
        .replaceAll(`id="${id}"`, `id="${scope}-${index}"`)
        .replaceAll(`url(#${id})`, `url(#${scope}-${index})`)
        .replaceAll(`href="#${id}"`, `href="#${scope}-${index}"`),
    body,
  );
}

/** Aliases may point at aliases. A turned or mirrored alias is another drawing and is left out. */
function aliasesByParent(data: IconifyData): Map<string, string[]> {
  const byParent = new Map<string, string[]>();
  for (const [name, alias] of Object.entries(data.aliases ?? {})) {
    if (alias.rotate || alias.hFlip || alias.vFlip) continue;
    let parent = alias.parent;
    for (let hops = 0; hops < 5 && !data.icons[parent]; hops++) parent = data.aliases?.[parent]?.parent ?? parent;
    byParent.set(parent, [...(byParent.get(parent) ?? []), name]);
  }
  return byParent;
}

function readJson<T>(prefix: string, file: string): T {
  const path = createRequire(import.meta.url).resolve(`@iconify-json/${prefix}/${file}`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The parts of Iconify's format that are read here: https://iconify.design/docs/types/iconify-json.html */
interface IconifyData extends Geometry {
  icons: Record<string, Geometry & { body: string; hidden?: boolean }>;
  aliases?: Record<string, { parent: string; rotate?: number; hFlip?: boolean; vFlip?: boolean }>;
}

interface Geometry {
  left?: number;
  top?: number;
  width?: number;
  height?: number;
}

interface IconifyInfo {
  name: string;
  author: { name: string };
  license: { title: string; url?: string };
}

export interface IconifyMetadata {
  categories?: Record<string, string[]>;
  suffixes?: Record<string, string>;
}
