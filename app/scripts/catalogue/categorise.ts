import type { IconifyMetadata, SourceCategory } from './read-set.ts';
import type { SetDefinition } from './sets.ts';

/** Puts each icon of a set into at least one category; a category without icons is left out. */
export function categorise(
  { prefix, split }: SetDefinition,
  metadata: IconifyMetadata,
  names: string[],
): SourceCategory[] {
  switch (split.by) {
    case 'set':
      return [{ slug: split.slug, title: split.title, icons: names }];
    case 'suffix':
      return bySuffix(prefix, split.suffixes ?? metadata.suffixes ?? {}, names);
    case 'theme':
      return byTheme(prefix, metadata.categories ?? {}, names);
  }
}

/** `alien-bold` belongs to `-bold`; the longest suffix wins, and the empty one takes what no other suffix claims. */
function bySuffix(prefix: string, suffixes: Record<string, string>, names: string[]): SourceCategory[] {
  const longestFirst = Object.keys(suffixes).sort((a, b) => b.length - a.length);
  const suffixOf = (name: string) => longestFirst.find((suffix) => suffix !== '' && name.endsWith(`-${suffix}`)) ?? '';
  const groups = Map.groupBy(names, suffixOf);
  return Object.entries({ '': 'Other', ...suffixes }).flatMap(([suffix, title]) => {
    const icons = groups.get(suffix);
    return icons ? [{ slug: `${prefix}-${slugify(title)}`, title, icons }] : [];
  });
}

/** An icon may belong to several themes; those without any go to "Other". */
function byTheme(prefix: string, themes: Record<string, string[]>, names: string[]): SourceCategory[] {
  const known = new Set(names);
  const themed = new Set(Object.values(themes).flat());
  const categories = Object.entries(themes).map(([title, icons]) => ({
    slug: `${prefix}-${slugify(title)}`,
    title,
    icons: icons.filter((name) => known.has(name)).sort(),
  }));
  const rest = names.filter((name) => !themed.has(name));
  return [...categories, { slug: `${prefix}-other`, title: 'Other', icons: rest }].filter(
    ({ icons }) => icons.length > 0,
  );
}

function slugify(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
