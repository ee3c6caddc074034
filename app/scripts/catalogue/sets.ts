/** Which icon sets the catalogue holds, and how each one is split into categories. */

export interface SetDefinition {
  /** Iconify prefix: the package is `@iconify-json/<prefix>`. */
  prefix: string;
  split: Split;
}

type Split =
  /** the whole set is one category */
  | { by: 'set'; slug: string; title: string }
  /** a category per style, told by the end of the icon's name; the styles come from the set's metadata unless given */
  | { by: 'suffix'; suffixes?: Record<string, string> }
  /** the set's own themes, from its metadata */
  | { by: 'theme' };

export const iconSets: SetDefinition[] = [
  { prefix: 'pixelarticons', split: { by: 'set', slug: '8bit', title: '8-bit' } },
  { prefix: 'tabler', split: { by: 'suffix', suffixes: { filled: 'Filled', '': 'Outline' } } },
  { prefix: 'mdi', split: { by: 'theme' } },
  { prefix: 'ph', split: { by: 'suffix' } },
  { prefix: 'fluent', split: { by: 'suffix' } },
];
