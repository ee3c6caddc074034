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
export function readSqlitePlan(lines: readonly string[], tables: readonly TableSize[], given: string): Reading {
  // What a value says is no part of the statement.
  const statement = given.replaceAll(/("[^"]*")|'[^']*'/g, (_, name) => name ?? "'?'");
  const named = tablesByName(tables, statement);
  const accesses = lines.flatMap((line) => readAccess(line, named));
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
      table: sqlName(whole.table.name, statement),
      columns: columnsOf(whole.using === null && sorts.length === 0 ? unsorted(statement) : statement, whole),
    };
  }
  if (automatic !== undefined) {
    const says = `SQLite builds one on ${tableText(automatic.table.name, automatic.table)} for each run`;
    const columns = searchedBy(automatic).map((column) => sqlName(column, statement));
    const table = sqlName(automatic.table.name, statement);
    return { verdict: 'confirmed', says, lines: [automatic.line], table, columns };
  }
  if (search !== undefined && limited && sorts.length > 0) {
    const says = `what ${search.using} finds in ${tableText(search.table.name, search.table)} is all sorted before LIMIT takes its part`;
    return {
      verdict: 'confirmed',
      says,
      lines: [search.line, ...sorts],
      table: sqlName(search.table.name, statement),
      columns: columnsOf(statement, search),
    };
  }
  const partial = searches.find((each) => isPartOfFilter(each, statement));
  if (partial !== undefined) {
    const says = `${partial.using} finds rows of ${partial.table.name} by ${searchedBy(partial).join(', ')}, and the plan does not tell how many of them the rest of the filter drops`;
    return { verdict: 'unclear', says, lines: [], table: null, columns: [] };
  }
  return refutation(accesses, searches);
}

const searchedBy = ({ terms }: Access): string[] =>
  [...terms.matchAll(/(?:^| AND )(.+?)[=<>]/g)].map(([, column = '']) => column);

/** Whether what a search has found is filtered by other columns, too; not where it finds one row, or where the table is small. */
function isPartOfFilter(search: Access, statement: string): boolean {
  const { using, terms, table } = search;
  const one = /PRIMARY KEY|sqlite_autoindex/.test(using ?? '') && !/[<>]/.test(terms);
  if (one || isSmall(table) || /\bOR\b/i.test(statement) || !isSingle(statement)) return false;
  const by = new Set(searchedBy(search).map((column) => column.toLowerCase()));
  const others = (filterOf(unsorted(statement))?.columns ?? []).filter((column) => !by.has(column.toLowerCase()));
  // The rowid has a name of its own in the statement.
  return others.length > (by.has('rowid') ? 1 : 0);
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
function readAccess(line: string, tables: ReadonlyMap<string, TableSize>): Access[] {
  const [, word, named = '', using = null, terms = ''] =
    /^(SCAN|SEARCH) (?:TABLE )?(?:main\.)?(.+?)(?: AS .+?)?(?: EXISTS)?(?: USING ([^(]+?))?(?: \((.*)\))?(?: LEFT-JOIN)?$/.exec(
      line,
    ) ?? [];
  // A search by nothing is one for the least or the greatest, through all of it.
  const how = word === 'SEARCH' && using === null ? 'SCAN' : word;
  const table = tables.get(named.toLowerCase());
  return table && (how === 'SCAN' || how === 'SEARCH') ? [{ line, how, alias: named, table, using, terms }] : [];
}

const TOKEN = /"(?:[^"]|"")*"|`[^`]*`|\[[^[\]]*\]|\w+|[^\s\w]/g;

/** The tables by their names, and by what a statement calls them: `FROM orders AS o`, `JOIN "order items" i`. In lower case. */
function tablesByName(tables: readonly TableSize[], statement: string): Map<string, TableSize> {
  const named = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  const names = new Map(named);
  const tokens = (statement.match(TOKEN) ?? []).map((token) => bare(token).toLowerCase());
  for (const [index, token] of tokens.entries()) {
    const table = named.get(token);
    const alias = tokens[index + 1] === 'as' ? tokens[index + 2] : tokens[index + 1];
    if (table !== undefined && alias !== undefined && !names.has(alias)) names.set(alias, table);
  }
  return names;
}

const bare = (token: string): string => (/^["`[]/.test(token) ? token.slice(1, -1).replaceAll('""', '"') : token);

/** As SQL takes it. A word that SQLite has a use for must be quoted in the statement, too. */
function sqlName(name: string, statement: string): string {
  const plain = /^[a-z_]\w*$/i.test(name) && !new RegExp(`["\`[]${escaped(name)}["\`\\]]`, 'i').test(statement);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

const unsorted = (statement: string): string => statement.replace(/\bORDER BY\b.*/is, '');

function isSingle(statement: string): boolean {
  const tables = statement.replace(/\b(?:WHERE|ORDER BY|GROUP BY)\b.*/is, '');
  return !/\bJOIN\b|\bFROM\s[^()]*,/i.test(tables) && (statement.match(/\bSELECT\b/gi) ?? []).length <= 1;
}

/**
 * What one index could serve. Of several tables, the columns that the statement says to be of this one. LIKE takes no notice of
 * capitals and so does not use a plain index (https://sqlite.org/optoverview.html#the_like_optimization), nor does another COLLATE.
 */
function columnsOf(statement: string, { alias }: Access): string[] {
  if (/\b(?:OR|LIKE|COLLATE)\b/i.test(statement)) return [];
  const names = statement.replace(/.*?\bWHERE\b/is, '').match(/"[^"]*"|`[^`]*`|\[[^\]]*\]/g) ?? [];
  if (names.some((name) => /\W/.test(name.slice(1, -1)))) return [];
  const quoted = (columns: readonly string[]) => [...new Set(columns)].map((column) => sqlName(column, statement));
  if (isSingle(statement)) return quoted(filterOf(statement)?.columns ?? []);
  const own = String.raw`(?<![\w.])["\`]?${escaped(alias)}["\`]?\.["\`]?(\w+)["\`]?`;
  const compared = new RegExp(String.raw`${own}\s*(?:=|[<>]|\bIN\b|\bIS\b)|=\s*${own}`, 'gi');
  return quoted([...statement.matchAll(compared)].map(([, left, right]) => left ?? right ?? ''));
}

const escaped = (text: string): string => text.replaceAll(/[^\w ]/g, '\\$&');
