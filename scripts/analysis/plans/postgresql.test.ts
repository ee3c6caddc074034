import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { PlanNode, TableSize } from '../../model/plan.ts';
import { readPostgresPlan } from './postgresql.ts';

/** As PostgreSQL 15 gave them, by statement: orders and items have 50,000 rows, big 300,000, camel 5,000, tiny 10. */
const recorded = JSON.parse(
  readFileSync(new URL('../../../test/plans/postgresql-15.json', import.meta.url), 'utf8'),
) as Record<string, { plan: { root: PlanNode }; tables: TableSize[] }>;

function read(statement: string) {
  const found = recorded[statement];
  if (!found) throw new Error(`${statement} is not recorded`);
  return readPostgresPlan(found.plan.root, found.tables);
}

test.each<[string, string, string | null, string[]]>([
  [
    'SELECT id FROM orders WHERE tenant_id = $1 AND total > $2',
    'all of orders (about 50,000 rows) is read for about 33 rows',
    'orders',
    ['tenant_id', 'total'],
  ],
  [
    'SELECT * FROM orders o JOIN items i ON i.order_id=o.id WHERE o.id=$1',
    'all of items (about 50,000 rows) is read for about 10 rows',
    'items',
    ['order_id'],
  ],
  [
    'SELECT * FROM orders o JOIN items i ON i.order_id=o.id WHERE o.tenant_id=$1',
    'all of orders (about 50,000 rows) is read for about 100 rows',
    'orders',
    ['tenant_id'],
  ],
  ['SELECT * FROM camel WHERE "tenantId"=? AND t=?', 'is read for about 1 row', 'camel', ['"tenantId"', 't']],
  ['SELECT count(*) FROM orders WHERE tenant_id IN (1,2,3)', 'for about 299 rows', 'orders', ['tenant_id']],
  [
    'SELECT * FROM orders ORDER BY total DESC LIMIT 5',
    'about 50,000 rows are sorted before LIMIT takes its part',
    'orders',
    ['total'],
  ],
  // One index serves neither a function's result nor one condition or another.
  ['SELECT * FROM orders WHERE lower(status)=$1', 'all of orders', 'orders', []],
  ['SELECT * FROM orders WHERE tenant_id=$1 OR total=$2', 'all of orders', 'orders', []],
])('confirmed: %s', (statement, says, table, columns) => {
  expect(read(statement)).toMatchObject({
    verdict: 'confirmed',
    says: expect.stringContaining(says),
    lines: [expect.stringMatching(/ \(rows=\d+\)/), ...(columns[0] === 'total' ? [expect.anything()] : [])],
    table,
    columns,
  });
});

test.each<[string, string]>([
  ['SELECT * FROM big WHERE tenant = $1', 'big_tenant is used'],
  ['UPDATE orders SET status=$1 WHERE id=$2', 'orders_pkey is used'],
  ['SELECT * FROM orders ORDER BY created_at', 'orders_created is used'],
  // Behind a range an index has no order.
  ['SELECT * FROM orders WHERE created_at > $1 ORDER BY total LIMIT 5', 'orders_created is used'],
  // Every second row fits, so that ten are soon found.
  ['SELECT tenant_id FROM orders WHERE status = $1 ORDER BY created_at LIMIT 10', 'orders_created is used'],
  ['SELECT * FROM tiny WHERE id=$1', 'all of tiny (about 10 rows) is read, which is small'],
  ["SELECT * FROM orders WHERE status <> 'x'", 'and about 50,000 rows of it are wanted'],
])('refuted: %s', (statement, says) => {
  expect(read(statement)).toMatchObject({ verdict: 'refuted', says: expect.stringContaining(says) });
});

test.each(['SELECT now()', 'SELECT * FROM generate_series(1,10) g WHERE g = $1'])('unclear: %s', (statement) => {
  expect(read(statement)).toMatchObject({ verdict: 'unclear', lines: [] });
});

const seqScan = (rows: number, filter?: string): PlanNode => ({
  'Node Type': 'Seq Scan',
  'Relation Name': 't',
  Alias: 't',
  'Plan Rows': rows,
  'Total Cost': 900,
  ...(filter === undefined ? {} : { Filter: filter }),
});

test('a table that was never analysed may have any size', () => {
  expect(readPostgresPlan(seqScan(5, '(a = $1)'), [])).toMatchObject({
    verdict: 'confirmed',
    says: 'all of t is read for about 5 rows',
  });
  expect(readPostgresPlan({ ...seqScan(5, '(a = $1)'), 'Total Cost': 35 }, [])).toMatchObject({
    verdict: 'refuted',
    says: 'all of t is read, which is small',
  });
});

test('a join that keeps little of a table that it reads, by the column of that side', () => {
  const join: PlanNode = {
    'Node Type': 'Hash Join',
    'Hash Cond': '(s.id = t.s_id)',
    'Plan Rows': 20,
    'Total Cost': 2000,
    Plans: [seqScan(90_000)],
  };
  expect(readPostgresPlan(join, [])).toMatchObject({
    verdict: 'confirmed',
    says: 'all of t is read for about 20 rows',
    table: 't',
    columns: ['s_id'],
  });
});

/** What PostgreSQL 15 plans for `WHERE deleted = 0 AND tenant_id = $1` with an index on deleted. */
const bitmap = (found: number, kept: number): PlanNode => ({
  'Node Type': 'Bitmap Heap Scan',
  'Relation Name': 't',
  Alias: 't',
  'Recheck Cond': '(deleted = 0)',
  Filter: '(tenant_id = $1)',
  'Plan Rows': kept,
  'Total Cost': 560,
  Plans: [
    { 'Node Type': 'Bitmap Index Scan', 'Index Name': 't_deleted', 'Plan Rows': found, 'Total Cost': 56 } as PlanNode,
  ],
});

test('an index that finds much, of which a filter keeps little, is not the index that is wanted', () => {
  expect(readPostgresPlan(bitmap(5000, 10), [{ name: 't', sql: 's.t', rows: 50_000, precision: 'estimate' }])).toEqual({
    verdict: 'confirmed',
    says: 'about 5,000 rows of t are found by index, and a filter keeps about 10 rows',
    lines: ['Bitmap Heap Scan on t (rows=10), Recheck Cond: (deleted = 0), Filter: (tenant_id = $1)'],
    table: 's.t',
    columns: ['deleted', 'tenant_id'],
  });
  expect(readPostgresPlan(bitmap(5000, 4000), []).verdict).toBe('refuted');
  expect(readPostgresPlan(bitmap(200, 10), []).verdict).toBe('refuted');
});

test('without a bitmap nobody knows how much an index finds', () => {
  const scan = (cost: number): PlanNode => ({
    ...seqScan(20, '(tenant_id = 3)'),
    'Node Type': 'Index Scan',
    'Index Name': 't_created',
    'Index Cond': '(created_at > 40000)',
    'Total Cost': cost,
  });
  expect(readPostgresPlan(scan(350), [])).toMatchObject({
    verdict: 'unclear',
    says: 't_created is used, and the plan does not tell how much of what it finds is dropped by a filter',
  });
  expect(readPostgresPlan(scan(8), []).verdict).toBe('refuted');
});

test('a plan from which partitions are missing refutes nothing', () => {
  const append: PlanNode = { 'Node Type': 'Append', 'Plan Rows': 2, 'Total Cost': 900, 'Subplans Removed': 2 };
  const used: PlanNode = {
    ...seqScan(1),
    'Node Type': 'Index Scan',
    'Index Name': 't_pkey',
    'Index Cond': '(id = p.a)',
  };
  const join = { 'Node Type': 'Nested Loop', 'Plan Rows': 1, 'Total Cost': 900, Plans: [append, used] };
  expect(readPostgresPlan(join, [])).toMatchObject({ verdict: 'unclear', says: expect.stringMatching(/partitions/) });
});

test('what a value looks like is no condition', () => {
  const filter = `((status = '(x = 1) OR it''s'::text) AND ("it's" = 5))`;
  expect(readPostgresPlan(seqScan(5, filter), []).columns).toEqual(['status', `"it's"`]);
});

test('a rare row looked for in the order of an index: all of it is read', () => {
  const scan: PlanNode = { ...seqScan(2, '(a = $1)'), 'Node Type': 'Index Scan', 'Index Name': 't_b' };
  const limit: PlanNode = { 'Node Type': 'Limit', 'Plan Rows': 1, 'Total Cost': 900, Plans: [scan] };
  const tables: TableSize[] = [{ name: 't', rows: 50_000, precision: 'estimate' }];
  expect(readPostgresPlan(limit, tables)).toMatchObject({
    verdict: 'confirmed',
    says: expect.stringContaining('all of the index t_b of t (about 50,000 rows)'),
    columns: ['a'],
  });
});

test('a plan of any depth, with a condition of any length', () => {
  const long = `(a = ANY ('{${'1,'.repeat(20_000)}1}'))`;
  let root = seqScan(5, long);
  for (let depth = 0; depth < 20_000; depth += 1)
    root = { 'Node Type': 'Append', 'Plan Rows': 5, 'Total Cost': 900, Plans: [root] };
  const { verdict, lines, columns } = readPostgresPlan(root, []);
  expect([verdict, columns, lines[0]?.length]).toEqual(['confirmed', ['a'], expect.any(Number)]);
  expect(lines[0]?.length).toBeLessThan(300);
});
