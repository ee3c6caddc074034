/** What stands further behind does not tell one statement from another, and a statement may have 10 MB. */
const LONGEST = 4000;

/**
 * A statement without what differs from one call to the next: values, placeholders, how many of them, comments (sqlcommenter writes the
 * traceparent into one), blanks.
 *
 *     SELECT * FROM icons WHERE id IN (1, 2, 3)  →  SELECT * FROM icons WHERE id IN (?)
 */
export function parameterise(statement: string): string {
  return withoutComments(statement.slice(0, LONGEST))
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/%\(\w+\)s|%s|\$\d+|(?<![:\w]):\w+|@\w+/g, '?')
    .replaceAll(/(?<![\w.])-?\d+(?:\.\d+)?\b/g, '?')
    .replaceAll(/\(\s*\?(?:\s*,\s*\?)*\s*\)/g, '(?)')
    .replaceAll(/(\(\?\))(?:\s*,\s*\(\?\))+/g, '$1');
}

export function withoutComments(statement: string): string {
  return statement
    .replaceAll(/\/\*.*?(?:\*\/|$)/gs, ' ')
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The first word: `SELECT`, `FETCH` … */
export function verbOf(statement: string): string {
  return /[a-z]+/i.exec(withoutComments(statement.slice(0, LONGEST)))?.[0].toUpperCase() ?? '';
}

/** Where an index could help: the table, and its columns that are compared or sorted by, those compared for equality first. */
export function filterOf(statement: string): { table: string; columns: string[] } | null {
  const text = parameterise(statement).replaceAll(/["`[\]]/g, '');
  const table = /\b(?:FROM|UPDATE)\s+([\w.]+)/i.exec(text)?.[1];
  const where = /\bWHERE\b(.*?)(?:\bGROUP BY\b|\bORDER BY\b|\bLIMIT\b|\bRETURNING\b|$)/i.exec(text)?.[1] ?? '';
  const order = /\bORDER BY\b\s+(.*?)(?:\bLIMIT\b|\bOFFSET\b|$)/i.exec(text)?.[1] ?? '';
  if (!table || (where === '' && order === '')) return null;
  const equal = [...where.matchAll(/(?<![\w.])([\w.]+)\s*(?:=|\bIN\b|\bIS\b)\s*(?:\(?\?|NULL)/gi)];
  const ranged = [...where.matchAll(/(?<![\w.])([\w.]+)\s*(?:[<>]=?|\bBETWEEN\b|\bLIKE\b)\s*\?/gi)];
  const sorted = [...order.matchAll(/(?:^|,)\s*([\w.]+)/g)];
  const columns = [...equal, ...ranged, ...sorted].map(([, column = '']) => column.split('.').at(-1) ?? '');
  return { table, columns: [...new Set(columns)].filter((column) => column !== '' && !/^\d/.test(column)) };
}
