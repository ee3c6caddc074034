/** What a span may tell about a statement. */
export interface Statement {
  /** With `?` in place of every literal. */
  text: string;
  /** Its first word, in capitals. */
  operation: string | undefined;
  /** The first table that it names outside of subqueries. */
  collection: string | undefined;
  /** The span's name. */
  summary: string;
}

/** A longer text helps nobody who reads a trace. */
const MAX_TEXT = 2000;
/** What is behind it does not show: literals and comments are seldom most of a statement. */
export const MAX_SQL = MAX_TEXT * 4;

/**
 * String, blob and comment first, so that nothing inside them is taken for something else; names in quotes are kept, and so are
 * numbers that belong to a name or a parameter (`t1`, `?1`). What begins with a digit is a number, right or wrong (`0xFF`, `1_000`).
 * Double quotes hold names: as strings SQLite accepts them only on request.
 */
const TOKEN =
  /'(?:[^']|'')*'?|\bx'[^']*'?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"]|"")*"?|`[^`]*`?|\[[^\]]*\]?|[?:@$]\w+|(?:\b\d\w*(?:\.\w*)?|\.\d\w*)(?:(?<=e)[+-]\d\w*)?|[a-z_$\u0080-\uffff][\w$\u0080-\uffff]*|\s+/gi;
const LITERAL = /^(?:x?'|\.?\d)/i;
const COMMENT_OR_SPACE = /^(?:--|\/\*|\s)/;
const COLLECTION =
  /\b(?:from|join|into|update|table(?: if (?:not )?exists)?)\s+(?:\w+\.)?("[^"]+"|`[^`]+`|\[[^\]]+\]|\w+)/i;

export function describe(sql: string): Statement {
  const text = sql
    .slice(0, MAX_SQL)
    .replace(TOKEN, (token) => (COMMENT_OR_SPACE.test(token) ? ' ' : LITERAL.test(token) ? '?' : token))
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .slice(0, MAX_TEXT);
  const operation = /^\w+/.exec(text)?.[0].toUpperCase();
  const collection = COLLECTION.exec(outermost(text))?.[1]?.replaceAll(/["`[\]]/g, '');
  return { text, operation, collection, summary: [operation ?? 'sqlite', collection].filter(Boolean).join(' ') };
}

/** The text of a statement that has failed: SQLite may have found no such name as the one in double quotes, as it was meant as a string. */
export function withoutQuoted(text: string): string {
  return text.replaceAll(/"(?:[^"]|"")*"?/g, '?');
}

/** Without what stands in brackets, innermost first; few statements nest deeper. */
function outermost(text: string): string {
  let outer = text;
  for (let depth = 0; depth < 4; depth++) outer = outer.replaceAll(/\([^()]*\)/g, '?');
  return outer;
}
