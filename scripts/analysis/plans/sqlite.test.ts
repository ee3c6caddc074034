import { expect, test } from 'vitest';
import type { TableSize } from '../../model/plan.ts';
import { readSqlitePlan } from './sqlite.ts';

const tables: TableSize[] = [
  { name: 'orders', rows: 100_000, precision: 'least' },
  { name: 'items', rows: 50_000, precision: 'exact' },
  { name: 'tiny', rows: 12, precision: 'exact' },
  { name: 'Order Items', rows: 50_000, precision: 'exact' },
];

/** Lines as SQLite 3.53 prints them, except where it says otherwise. */
test.each<[string, string, string[], string, string, string[]]>([
  [
    'a whole table',
    'SELECT id FROM orders WHERE tenant_id = ? AND total > ?',
    ['SCAN orders'],
    'all of orders (more than 100,000 rows) is read',
    'orders',
    ['tenant_id', 'total'],
  ],
  [
    'under another name, and sorted',
    'SELECT id FROM orders o WHERE o.tenant_id = $1 ORDER BY created_at LIMIT 3',
    ['SCAN o', 'USE TEMP B-TREE FOR ORDER BY'],
    'is read, then sorted',
    'orders',
    ['tenant_id', 'created_at'],
  ],
  [
    'under another name, which comes first',
    'SELECT o.id FROM orders AS "o" WHERE o.tenant_id = ?',
    ['SCAN o'],
    'all of orders',
    'orders',
    ['tenant_id'],
  ],
  [
    'as SQLite before 3.36 has it',
    'SELECT id FROM orders AS o WHERE o.tenant_id = 1',
    ['SCAN TABLE orders AS o (~100000 rows)'],
    'all of orders',
    'orders',
    ['tenant_id'],
  ],
  [
    'one side of a join',
    'SELECT * FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = ?',
    ['SEARCH o USING INTEGER PRIMARY KEY (rowid=?)', 'SCAN i'],
    'all of items (50,000 rows) is read',
    'items',
    ['order_id'],
  ],
  [
    'an index from end to end',
    'SELECT tenant_id FROM orders WHERE tenant_id + 0 = ?',
    ['SCAN orders USING COVERING INDEX ot'],
    'all of the index ot of orders',
    'orders',
    [],
  ],
  [
    'an index that SQLite builds each time',
    'SELECT * FROM tiny JOIN items ON items.order_id = tiny.id',
    ['SCAN tiny', 'BLOOM FILTER ON items (order_id=?)', 'SEARCH items USING AUTOMATIC COVERING INDEX (order_id=?)'],
    'SQLite builds one on items (50,000 rows) for each run',
    'items',
    ['order_id'],
  ],
  [
    'an index that finds much, which is then sorted',
    'SELECT * FROM items WHERE order_id = ? ORDER BY status LIMIT 3',
    ['SEARCH items USING INDEX io (order_id=?)', 'USE TEMP B-TREE FOR ORDER BY'],
    'what INDEX io finds in items (50,000 rows) is all sorted',
    'items',
    ['order_id', 'status'],
  ],
  ['a pattern', 'SELECT * FROM items WHERE a LIKE ?', ['SCAN items'], 'all of items', 'items', []],
  [
    'another order of letters',
    'SELECT * FROM items WHERE a = ? COLLATE NOCASE',
    ['SCAN items'],
    'all of items',
    'items',
    [],
  ],
  ['a sum', 'SELECT * FROM items WHERE a + b = ? AND c = ?', ['SCAN items'], 'all of items', 'items', ['c']],
  ['its opposite', 'SELECT * FROM items WHERE NOT a = ?', ['SCAN items'], 'all of items', 'items', []],
  ['an order that costs nothing', 'SELECT * FROM items WHERE a = ? ORDER BY id', ['SCAN items'], 'all', 'items', ['a']],
  ['what a value says', "SELECT * FROM items WHERE a = 'b OR c' AND d = ?", ['SCAN items'], 'all', 'items', ['a', 'd']],
  ['with its schema', 'SELECT * FROM main.items WHERE a = ?', ['SCAN main.items'], 'all of items', 'items', ['a']],
  ['the greatest', 'SELECT max(b) FROM items WHERE a = ?', ['SEARCH items'], 'all of items', 'items', ['a']],
  [
    'a table that may have no match',
    'SELECT * FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE o.id = ?',
    ['SEARCH o USING INTEGER PRIMARY KEY (rowid=?)', 'SCAN i LEFT-JOIN'],
    'all of items',
    'items',
    ['order_id'],
  ],
  [
    'whether there is a match',
    'SELECT * FROM tiny WHERE EXISTS (SELECT 1 FROM items WHERE items.order_id = tiny.id)',
    ['SCAN tiny', 'SEARCH items EXISTS USING AUTOMATIC COVERING INDEX (order_id=?)'],
    'SQLite builds one on items',
    'items',
    ['order_id'],
  ],
  [
    'names in quotes',
    'SELECT * FROM tiny JOIN "Order Items" oi ON oi."to" = tiny.a WHERE tiny.id = 1',
    ['SEARCH tiny USING INTEGER PRIMARY KEY (rowid=?)', 'SCAN oi'],
    'all of Order Items',
    '"Order Items"',
    ['"to"'],
  ],
  [
    'columns with blanks are not made out',
    'SELECT * FROM "Order Items" WHERE "Big Col" = ?',
    ['SCAN Order Items'],
    'all of Order Items',
    '"Order Items"',
    [],
  ],
  ['one or the other', 'SELECT * FROM items WHERE a = 1 OR b = 2', ['SCAN items'], 'all of items', 'items', []],
])('confirmed: %s', (_, statement, lines, says, table, columns) => {
  const reading = readSqlitePlan(lines, tables, statement);
  expect(reading).toMatchObject({ verdict: 'confirmed', says: expect.stringContaining(says), table, columns });
  expect(lines).toEqual(expect.arrayContaining(reading.lines));
  expect(reading.lines.length).toBeGreaterThan(0);
});

test.each<[string, string, string[], string]>([
  [
    'an index is used',
    'SELECT * FROM orders WHERE tenant_id = ?',
    ['SEARCH orders USING INDEX ot (tenant_id=?)'],
    'orders is searched by INDEX ot',
  ],
  [
    'one for each condition',
    'SELECT * FROM orders WHERE a = 1 OR b = 2',
    [
      'MULTI-INDEX OR',
      'INDEX 1',
      'SEARCH orders USING INDEX oa (a=?)',
      'INDEX 2',
      'SEARCH orders USING INDEX ob (b=?)',
    ],
    'orders is searched by INDEX oa, orders is searched by INDEX ob',
  ],
  [
    'the order is that of an index',
    'SELECT * FROM orders ORDER BY created_at LIMIT 3',
    ['SCAN orders USING INDEX oc'],
    'orders (more than 100,000 rows) is read in the order of INDEX oc',
  ],
  ['a small table', 'SELECT * FROM tiny WHERE a = 1', ['SCAN tiny'], 'all of tiny (12 rows) is read, which is small'],
  [
    'a key finds one row, however it is sorted',
    'SELECT * FROM orders WHERE id = ? ORDER BY total LIMIT 1',
    ['SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)', 'USE TEMP B-TREE FOR ORDER BY'],
    'orders is searched by INTEGER PRIMARY KEY',
  ],
  [
    'one row by a unique key, of which more is asked',
    'SELECT * FROM orders WHERE email = ? AND deleted = ?',
    ['SEARCH orders USING INDEX sqlite_autoindex_orders_1 (email=?)'],
    'orders is searched by INDEX sqlite_autoindex_orders_1',
  ],
  [
    'rows behind a key, by whatever name',
    'SELECT * FROM orders WHERE id > ? ORDER BY id',
    ['SEARCH orders USING INTEGER PRIMARY KEY (rowid>?)'],
    'orders is searched by INTEGER PRIMARY KEY',
  ],
  [
    'everything is asked for, whatever a value says',
    "SELECT 'WHERE' FROM items ORDER BY id",
    ['SCAN items'],
    'all of items (50,000 rows) is read, as the statement asks for all of it',
  ],
  [
    'everything is asked for',
    'SELECT * FROM items ORDER BY status',
    ['SCAN items', 'USE TEMP B-TREE FOR ORDER BY'],
    'all of items (50,000 rows) is read, as the statement asks for all of it',
  ],
])('refuted: %s', (_, statement, lines, says) => {
  expect(readSqlitePlan(lines, tables, statement)).toMatchObject({ verdict: 'refuted', says, table: null });
});

test.each([
  ['no table', 'VALUES (1), (2)', ['SCAN 2-ROW VALUES CLAUSE']],
  ['a function', "SELECT * FROM json_each('[]') WHERE value = 1", ['SCAN json_each VIRTUAL TABLE INDEX 1:']],
  [
    'an index for a part of the filter',
    'SELECT * FROM orders WHERE deleted = ? AND tenant_id = ?',
    ['SEARCH orders USING INDEX orders_deleted (deleted=?)'],
  ],
  [
    'a key for a part of the filter',
    'SELECT * FROM orders WHERE id > ? AND tenant_id = ?',
    ['SEARCH orders USING INTEGER PRIMARY KEY (rowid>?)'],
  ],
])('unclear: %s', (_, statement, lines) => {
  expect(readSqlitePlan(lines, tables, statement).verdict).toBe('unclear');
});

test.each(['"', '[', '`'])('a plan with many names, and a statement with many %s: looked through once', (quote) => {
  const lines = Array.from({ length: 1000 }, (_, index) => `SCAN subquery${index}`);
  const statement = `SELECT * FROM items WHERE a = ? AND b = ${quote.repeat(15_000)}`;
  expect(readSqlitePlan([...lines, 'SCAN items'], tables, statement)).toMatchObject({ verdict: 'confirmed' });
});
