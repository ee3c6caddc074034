import type { TableSize } from '../../model/plan.ts';
import { filterOf } from '../statement.ts';
import { isSmall, type Reading, tableText } from './reading.ts';

/** One access to a table, as a line says it. */
interface Access {
  line: string;
  how: 'SCAN' | 'SEARCH';
  /** As the statement calls it. */
  alias: string;
  table: TableSize;
  /** What it goes by: `INDEX orders_tenant`, `AUTOMATIC COVERING INDEX`, `INTEGER PRIMARY KEY` … */
  using: string | null;
  /** What it looks up by. */
  terms: string;
}

/**
 * Reads SQLite's `EXPLAIN QUERY PLAN` (https://sqlite.org/eqp.html): SCAN reads all of a table (USING an index: all of that), SEARCH the
 * part that an index leads to. An AUTOMATIC index is one that SQLite missed and builds for each run. A TEMP B-TREE sorts.
 */
export function readSqlitePlan(lines: readonly string[], tables: readonly TableSize[], statement: string): Reading {
  const accesses = lines.flatMap((line) => readAccess(line, tables, statement));
  const sorts = lines.filter((line) => /^USE TEMP B-TREE FOR .*ORDER BY$/.test(line));
  const limited = /\bLIMIT\b/i.test(statement);
  const filtered = /\bWHERE\b/i.test(statement) || accesses.length > 1;
  const large = accesses
    .filter(({ how, using, table }) => how === 'SCAN' && !isSmall(table) && (using === null || filtered))
    .toSorted((a, b) => b.table.rows - a.table.rows);
  const automatic = accesses.find(({ using }) => using?.startsWith('AUTOMATIC'));
  const [whole] = large;
  const searches = accesses.filter(({ how }) => how === 'SEARCH');
  // By a key it finds one row.
  const search = searches.find(({ using, table }) => !/PRIMARY KEY/.test(using ?? '') && !isSmall(table));

  if (whole !== undefined && (filtered || (limited && sorts.length > 0))) {
    const what = whole.using === null ? '' : `${whole.using.replace(/^(?:COVERING )?INDEX/, 'the index')} of `;
    const says = `all of ${what}${tableText(whole.table.name, whole.table)} is read${sorts.length > 0 ? ', then sorted' : ''}`;
    return {
      verdict: 'confirmed',
      says,
      lines: [whole.line, ...sorts],
      table: whole.table.name,
      columns: columnsOf(statement, whole),
    };
  }
  if (automatic !== undefined) {
    const says = `SQLite builds one on ${tableText(automatic.table.name, automatic.table)} for each run`;
    const wanted = [...automatic.terms.matchAll(/(\w+)[=<>]/g)].map(([, column = '']) => column);
    return { verdict: 'confirmed', says, lines: [automatic.line], table: automatic.table.name, columns: wanted };
  }
  if (search !== undefined && limited && sorts.length > 0) {
    const says = `what ${search.using} finds in ${tableText(search.table.name, search.table)} is all sorted before LIMIT takes its part`;
    return {
      verdict: 'confirmed',
      says,
      lines: [search.line, ...sorts],
      table: search.table.name,
      columns: columnsOf(statement, search),
    };
  }
  return refutation(accesses, searches);
}

function refutation(accesses: readonly Access[], searches: readonly Access[]): Reading {
  const none = { table: null, columns: [] };
  const told = (some: readonly Access[]) => some.slice(0, 4).map(({ line }) => line);
  const [first] = accesses;
  if (searches.length > 0) {
    const says = searches.map(({ using, table }) => `${table.name} is searched by ${using}`);
    return { verdict: 'refuted', says: [...new Set(says)].slice(0, 4).join(', '), lines: told(accesses), ...none };
  }
  if (first === undefined) return { verdict: 'unclear', says: 'the plan names no table', lines: [], ...none };
  const table = tableText(first.table.name, first.table);
  const by = first.using === null ? `all of ${table} is read` : `${table} is read in the order of ${first.using}`;
  const why = isSmall(first.table)
    ? ', which is small'
    : first.using === null
      ? ', as the statement asks for all of it'
      : '';
  return { verdict: 'refuted', says: by + why, lines: told(accesses), ...none };
}

/** Before 3.36 it was `SCAN TABLE orders AS o`, since then `SCAN o`. What is no table (a subquery, a virtual one) is left out. */
function readAccess(line: string, tables: readonly TableSize[], statement: string): Access[] {
  const [, how, named = '', using = null, terms = ''] =
    /^(SCAN|SEARCH) (?:TABLE )?(.+?)(?: AS .+?)?(?: USING ([^(]+?))?(?: \((.*)\))?$/.exec(line) ?? [];
  const table = tableNamed(named, tables) ?? tableNamed(aliased(named, statement), tables);
  return table && (how === 'SCAN' || how === 'SEARCH') ? [{ line, how, alias: named, table, using, terms }] : [];
}

function tableNamed(name: string | null, tables: readonly TableSize[]): TableSize | undefined {
  return tables.find((table) => table.name.toLowerCase() === name?.toLowerCase());
}

/** The table that a statement calls so: `FROM orders AS o`, `JOIN "items" i`. */
function aliased(alias: string, statement: string): string | null {
  const named = new RegExp(
    String.raw`(?<!\w)["\`]?(\w+)["\`]?\s+(?:AS\s+)?["\`]?${escaped(alias)}["\`]?(?!\w)`,
    'i',
  ).exec(statement);
  return named?.[1] ?? null;
}

/**
 * What one index could serve. Of several tables, the columns that the statement says to be of this one. LIKE takes no notice of
 * capitals and so does not use a plain index (https://sqlite.org/optoverview.html#the_like_optimization).
 */
function columnsOf(statement: string, { alias }: Access): string[] {
  if (/\b(?:OR|LIKE)\b/i.test(statement)) return [];
  const tables = statement.replace(/\b(?:WHERE|ORDER BY|GROUP BY)\b.*/is, '');
  const single = !/\bJOIN\b|\bFROM\s[^()]*,/i.test(tables) && (statement.match(/\bSELECT\b/gi) ?? []).length <= 1;
  if (single) return filterOf(statement)?.columns ?? [];
  const own = String.raw`(?<![\w.])["\`]?${escaped(alias)}["\`]?\.["\`]?(\w+)["\`]?`;
  const compared = new RegExp(String.raw`${own}\s*(?:=|[<>]|\bIN\b|\bIS\b)|=\s*${own}`, 'gi');
  return [...new Set([...statement.matchAll(compared)].map(([, left, right]) => left ?? right ?? ''))];
}

const escaped = (text: string): string => text.replaceAll(/[^\w ]/g, '\\$&');
