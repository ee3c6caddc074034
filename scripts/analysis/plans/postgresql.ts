import type { PlanNode, TableSize } from '../../model/plan.ts';
import { type Reading, SMALL, sizeText, tableText } from './reading.ts';

/** A step and those that it hands its rows to, the nearest first. */
interface Step {
  node: PlanNode;
  above: PlanNode[];
}

/** A step that reads all of a table or of an index, and what of it is wanted. */
interface Whole extends Step {
  table: string;
  size: TableSize | undefined;
  /** Rows; null: nobody knows. */
  read: number | null;
  kept: number;
  /** By what rows are dropped. */
  condition: string;
}

const JOINS = new Set(['Hash Join', 'Nested Loop', 'Merge Join']);
/** Of what is read. Of a table of which more is wanted, PostgreSQL would read all in spite of an index. */
const MOST_KEPT = 0.5;
/** Of reading all of a table, as PostgreSQL counts: a thousand rows of 200 bytes are less. */
const SMALL_COST = 50;
/** By an index, as PostgreSQL counts: a page for each row. */
const MOST_COST_OF_ROW = 5;

/**
 * Reads PostgreSQL's plan (https://www.postgresql.org/docs/current/using-explain.html): a Seq Scan of which a filter or a join keeps
 * little, an index read from end to end, or much that is sorted for a LIMIT that wants little.
 */
export function readPostgresPlan(root: PlanNode, tables: readonly TableSize[]): Reading {
  const steps = walk(root);
  const wholes = steps.flatMap((step) => readWhole(step, tables));
  const worst = wholes
    .filter((whole) => !isSmall(whole) && (whole.read === null || whole.kept <= whole.read * MOST_KEPT))
    .toSorted((a, b) => (b.read ?? 0) - (a.read ?? 0) || Number(filters(b)) - Number(filters(a)))[0];
  if (worst) return confirmWhole(worst, tables);
  const sort = steps.find(({ node, above }) => isSort(node) && isLimited(above) && rowsInto(node) >= SMALL)?.node;
  const sorted = sort && readSort(sort, tables);
  if (sorted) return sorted;
  const behind = steps.map((step) => readBehind(step, tables)).find((reading) => reading !== null);
  if (behind) return behind;
  const hidden = steps.some(({ node }) => (node['Subplans Removed'] ?? 0) > 0);
  if (hidden) return unclear('the plan leaves out partitions, as it was asked without values');
  const indexes = steps.filter(({ node }) => node['Index Name'] !== undefined);
  if (indexes.length > 0) {
    const names = [...new Set(indexes.map(({ node }) => `${node['Index Name']}`))].slice(0, 4);
    const lines = indexes.slice(0, 4).map(({ node }) => describe(node));
    return { verdict: 'refuted', says: `${names.join(', ')} is used`, lines, table: null, columns: [] };
  }
  const [whole] = wholes;
  if (!whole) return unclear('the plan reads no table');
  const { kept, size, table, node } = whole;
  const why = isSmall(whole) ? 'which is small' : `and about ${count(kept)} of it are wanted`;
  const says = `all of ${tableText(table, size)} is read, ${why}`;
  return { verdict: 'refuted', says, lines: [describe(node)], table: null, columns: [] };
}

const unclear = (says: string): Reading => ({ verdict: 'unclear', says, lines: [], table: null, columns: [] });

function confirmWhole({ node, above, table, size, kept, condition }: Whole, tables: readonly TableSize[]): Reading {
  const index = node['Index Name'];
  const sort = above.find(isSort);
  const what = index === undefined ? tableText(table, size) : `the index ${index} of ${tableText(table, size)}`;
  return {
    verdict: 'confirmed',
    says: `all of ${what} is read for about ${count(kept)}${sort ? ', then sorted' : ''}`,
    lines: [describe(node), ...(sort ? [describe(sort)] : [])],
    table: sqlName(table, tables),
    columns: inOneIndex(compared(condition, node), sort),
  };
}

/** null: an index that finds a range of values has none of them in another order. */
function readSort(sort: PlanNode, tables: readonly TableSize[]): Reading | null {
  const scan = walk(sort).find((step) => step.node['Relation Name'] !== undefined)?.node;
  const found = scan
    ? compared(
        walk(scan)
          .map(({ node }) => node['Index Cond'] ?? '')
          .join(' '),
        scan,
      )
    : null;
  const table = scan?.['Relation Name'];
  if (!scan || table === undefined || found?.some(({ operator }) => operator !== '=')) return null;
  return {
    verdict: 'confirmed',
    says: `about ${count(rowsInto(sort))} are sorted before LIMIT takes its part`,
    lines: [describe(sort), describe(scan)],
    table: sqlName(table, tables),
    columns: inOneIndex(found, sort),
  };
}

/**
 * An index is used, and what it finds is filtered once more: it may find much. Only a bitmap says how much.
 * @returns null: it finds little, or most of what it finds is wanted
 */
function readBehind({ node }: Step, tables: readonly TableSize[]): Reading | null {
  const { Filter: filter, 'Relation Name': table, 'Plan Rows': kept, 'Index Name': index } = node;
  const worthwhile = Math.max(SMALL_COST, kept * MOST_COST_OF_ROW);
  if (table === undefined || filter === undefined || node['Total Cost'] < worthwhile) return null;
  if (node['Index Cond'] !== undefined)
    return unclear(`${index} is used, and the plan does not tell how much of what it finds is dropped by a filter`);
  const recheck = node['Recheck Cond'];
  const found = node.Plans?.[0]?.['Plan Rows'] ?? 0;
  if (recheck === undefined || found < SMALL || kept > found * MOST_KEPT) return null;
  return {
    verdict: 'confirmed',
    says: `about ${count(found)} of ${table} are found by index, and a filter keeps about ${count(kept)}`,
    lines: [describe(node)],
    table: sqlName(table, tables),
    columns: inOneIndex(compared(`${recheck} AND ${filter}`, node), undefined),
  };
}

/** Depth first, without recursion: a plan may be as deep as a statement that somebody has made up. */
function walk(root: PlanNode): Step[] {
  const steps: Step[] = [];
  const open: Step[] = [{ node: root, above: [] }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { node, above } = step;
    steps.push(step);
    for (const child of node.Plans?.toReversed() ?? [])
      open.push({ node: child, above: [node, ...above].slice(0, 50) });
  }
  return steps;
}

function readWhole(step: Step, tables: readonly TableSize[]): Whole[] {
  const { node, above } = step;
  const table = node['Relation Name'];
  const type = node['Node Type'];
  const fromEnd = /^Index (?:Only )?Scan$/.test(type) && node['Index Cond'] === undefined && node.Filter !== undefined;
  if (table === undefined || !(type === 'Seq Scan' || fromEnd)) return [];
  const size = tables.find(({ name }) => name === table);
  const join = above.find((each) => JOINS.has(each['Node Type']));
  const kept = node.Filter === undefined && join ? join['Plan Rows'] : node['Plan Rows'];
  const condition = node.Filter ?? join?.['Hash Cond'] ?? join?.['Join Filter'] ?? '';
  const all = size?.rows ?? (node.Filter === undefined ? node['Plan Rows'] : null);
  return [{ ...step, table, size, read: fromEnd ? untilLimit(all, step) : all, kept, condition }];
}

/** An index that is read in its order is read only until a LIMIT has enough. */
function untilLimit(rows: number | null, { node, above }: Step): number | null {
  const [next] = above;
  if (rows === null || next?.['Node Type'] !== 'Limit') return rows;
  return (rows * next['Plan Rows']) / Math.max(1, node['Plan Rows']);
}

/** Of a table that the statement does not name (a view does) or that was never analysed, the cost is all there is to go by. */
const isSmall = ({ read, node }: Whole): boolean => (read === null ? node['Total Cost'] < SMALL_COST : read < SMALL);

const filters = ({ node }: Step): boolean => node.Filter !== undefined;
const isSort = (node: PlanNode): boolean => node['Node Type'] === 'Sort';
const rowsInto = (sort: PlanNode): number => sort.Plans?.[0]?.['Plan Rows'] ?? 0;
const count = (rows: number): string => sizeText({ name: '', rows, precision: 'exact' });

/** Nothing but the workers' rows coming together stands between the two. */
function isLimited(above: readonly PlanNode[]): boolean {
  return above.find((node) => node['Node Type'] !== 'Gather Merge')?.['Node Type'] === 'Limit';
}

/** As psql prints it: `Seq Scan on orders (rows=100), Filter: (tenant_id = $1)`. */
function describe(node: PlanNode): string {
  const { 'Index Name': index, 'Relation Name': table, 'Sort Key': key } = node;
  const how = `${node['Node Type']}${index === undefined ? '' : ` using ${index}`}${table === undefined ? '' : ` on ${table}`}`;
  const details = [
    ['Index Cond', node['Index Cond']],
    ['Recheck Cond', node['Recheck Cond']],
    ['Filter', node.Filter],
    ['Sort Key', key?.join(', ')],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${cut(value)}`]));
  return [`${how} (rows=${node['Plan Rows']})`, ...details].join(', ');
}

function sqlName(table: string, tables: readonly TableSize[]): string {
  const known = tables.find(({ name }) => name === table)?.sql;
  return known ?? (/^[a-z_]\w*$/.test(table) ? table : `"${table.replaceAll('"', '""')}"`);
}

/** A list of values may have any length. */
const cut = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const COMPARED = /(?<![\w"(])\(+((?:\w+\.)?(?:"[^"]+"|[a-z_]\w*))\)?(?:::[\w ]+)? (=|[<>]=?|IS )/g;

interface Compared {
  column: string;
  operator: string;
}

/** What a condition compares of a table, what it compares for equality first; null: one index could not serve it. */
function compared(
  condition: string,
  { 'Relation Name': table = '', Alias: alias = table }: PlanNode,
): Compared[] | null {
  // What a value says is no condition.
  const bare = condition.replaceAll(/("[^"]*")|'[^']*'/g, (_, name) => name ?? "''");
  if (/ OR /.test(bare)) return null;
  const sides = `${bare} ${bare.replace(/^\((\S+) = (\S+)\)$/, '($2 = $1)')}`;
  const own = [...sides.matchAll(COMPARED)]
    .map(([, name = '', operator = '']) => ({ name, operator }))
    .filter(({ name }) => !name.includes('.') || name.startsWith(`${alias}.`));
  return own
    .map(({ name, operator }) => ({ column: name.replace(/^\w+\./, ''), operator }))
    .toSorted((a, b) => Number(a.operator !== '=') - Number(b.operator !== '='));
}

/** In the order in which an index can use them: behind a range it has no order any more. */
function inOneIndex(found: readonly Compared[] | null, sort: PlanNode | undefined): string[] {
  if (found === null) return [];
  const ordered = sort !== undefined && found.every(({ operator }) => operator === '=') ? sortedBy(sort) : [];
  return [...new Set([...found.map(({ column }) => column), ...ordered])];
}

/** Columns, not expressions. */
function sortedBy(sort: PlanNode): string[] {
  const keys = sort['Sort Key'] ?? [];
  const columns = keys.map((key) => /^(?:\w+\.)?("[^"]+"|[a-z_]\w*)(?: DESC| ASC| NULLS \w+)*$/.exec(key)?.[1]);
  return columns.some((column) => column === undefined) ? [] : (columns as string[]);
}
