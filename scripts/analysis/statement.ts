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

/** Blanks are made one. What looks like a comment within quotes is none. */
export function withoutComments(statement: string): string {
  // Most have none, and looking at every quote takes as long as all the rest.
  const text = /--|\/\*/.test(statement) ? statement.replaceAll(COMMENT, (_, quoted) => quoted ?? ' ') : statement;
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Without comments, and without the semicolon behind it. */
export function bareStatement(statement: string): string {
  return withoutComments(statement).replace(/(?<![\s;])[\s;]+$/, '');
}

const COMMENT = /('(?:[^']|'')*'|"(?:[^"]|"")*")|\/\*.*?(?:\*\/|$)|--[^\n]*/gs;

/** The placeholders of all drivers as PostgreSQL's own, `$1`, `$2` …, and the highest number of them. */
export function numberPlaceholders(statement: string): { text: string; count: number } {
  const numbers = [...statement.matchAll(/'(?:[^']|'')*'|\$(\d+)/g)].map(([, number]) => Number(number ?? 0));
  // Then a question mark is an operator.
  if (numbers.some((number) => number > 0)) return { text: statement, count: Math.max(...numbers) };
  let count = 0;
  const text = statement.replaceAll(PLACEHOLDER, (found, placeholder) => {
    if (placeholder === undefined) return found;
    count += 1;
    return `$${count}`;
  });
  return { text, count };
}

const PLACEHOLDER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(%\(\w+\)s|%s|(?<![:\w]):[a-z_]\w*|\?)/gi;

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
  // Of a sum, or of what is not so, an index knows nothing.
  const equal = [
    ...where.matchAll(/(?<![\w.])(?<!(?:[-+*/%|]|\bNOT)\s*)([\w.]+)\s*(?:=|\bIN\b|\bIS\b)\s*(?:\(?\?|NULL)/gi),
  ];
  const ranged = [
    ...where.matchAll(/(?<![\w.])(?<!(?:[-+*/%|]|\bNOT)\s*)([\w.]+)\s*(?:[<>]=?|\bBETWEEN\b|\bLIKE\b)\s*\?/gi),
  ];
  const sorted = [...order.matchAll(/(?:^|,)\s*([\w.]+)/g)];
  const columns = [...equal, ...ranged, ...sorted].map(([, column = '']) => column.split('.').at(-1) ?? '');
  return { table, columns: [...new Set(columns)].filter((column) => column !== '' && !/^\d/.test(column)) };
}
