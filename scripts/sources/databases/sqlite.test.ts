import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { sqliteAt } from './sqlite.ts';

const directory = mkdtempSync(join(tmpdir(), 'onetrace-sqlite-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** 50,000 orders of 500 tenants in WAL mode, the mode that has side files; whether with an index. */
function shop(name: string, index: boolean): string {
  const file = join(directory, name);
  using database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = wal;
    CREATE TABLE orders (id INTEGER PRIMARY KEY, tenant_id INTEGER, status TEXT);
    CREATE TABLE log (at TEXT);
    CREATE TRIGGER logged AFTER UPDATE ON orders BEGIN INSERT INTO log VALUES (datetime()); END;
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50000)
      INSERT INTO orders SELECT n, n % 500, 'new' FROM n;`);
  if (index) database.exec('CREATE INDEX orders_tenant ON orders (tenant_id)');
  return file;
}

const plain = shop('plain.db', false);
const indexed = shop('indexed.db', true);
const ask = (file: string, statement: string) => sqliteAt(file).ask({ system: 'sqlite', statement, parameters: 0 });

test.each([
  ['SELECT * FROM orders WHERE tenant_id = ?', 'SCAN orders', 'SEARCH orders USING INDEX orders_tenant (tenant_id=?)'],
  [
    'SELECT * FROM "orders" WHERE tenant_id = :tenant',
    'SCAN orders',
    'SEARCH orders USING INDEX orders_tenant (tenant_id=?)',
  ],
  [
    'UPDATE orders SET status = ?1 WHERE tenant_id = ?2',
    'SCAN orders',
    'SEARCH orders USING COVERING INDEX orders_tenant (tenant_id=?)',
  ],
  ['DELETE FROM orders WHERE tenant_id = @t', 'SCAN orders', 'SEARCH orders USING INDEX orders_tenant (tenant_id=?)'],
])('%s: as a file without and with an index has it, and how large the table is', async (statement, without, with_) => {
  const tables = [{ name: 'orders', rows: 50_000, precision: 'exact' }];
  expect(await ask(plain, statement)).toEqual({ plan: { system: 'sqlite', lines: [without] }, tables });
  expect(await ask(indexed, statement)).toEqual({ plan: { system: 'sqlite', lines: [with_] }, tables });
});

describe('nothing is changed, run or created', () => {
  const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  const before = { files: readdirSync(directory), digest: digest(plain) };

  test.each([
    ['SELECT 1; DROP TABLE orders', /semicolon/],
    ['ATTACH DATABASE "other.db" AS other', /no SELECT/],
    ['PRAGMA user_version = 7', /no SELECT/],
    ['INSERT INTO orders VALUES (0, 0, 0)', /no SELECT/],
    ["SELECT * FROM pragma_user_version('7')", /too many arguments/],
    ["SELECT * FROM orders WHERE id = '", /unrecognized token/],
    ['SELECT * FROM nope WHERE a = ?', /no such table: nope/],
    ['SELECT * FROM orders WHERE a = \0', /zero byte/],
  ])('%s: refused', async (statement, why) => {
    expect(await ask(plain, statement)).toEqual({ unknown: expect.stringMatching(why) });
  });

  test.each([
    "SELECT load_extension('evil')",
    'DELETE FROM orders',
    "UPDATE orders SET status = 'gone'",
    'WITH n AS (SELECT 1) DELETE FROM orders',
  ])('%s: explained only', async (statement) => {
    expect(await ask(plain, statement)).toMatchObject({ plan: { system: 'sqlite' } });
  });

  test('the files are as they were, and there are no others', () => {
    expect({ files: readdirSync(directory), digest: digest(plain) }).toEqual(before);
  });
});

test('a database that somebody has open: what is in its log is seen, too, also through a link', async () => {
  const file = shop('open.db', false);
  const link = join(mkdtempSync(join(directory, 'elsewhere-')), 'link.db');
  symlinkSync(file, link);
  using writer = new DatabaseSync(file);
  writer.exec('CREATE INDEX fresh ON orders (tenant_id)');
  const answer = await ask(file, 'SELECT * FROM orders WHERE tenant_id = 1');
  expect(answer).toMatchObject({ plan: { lines: ['SEARCH orders USING INDEX fresh (tenant_id=?)'] } });
  expect(await ask(link, 'SELECT * FROM orders WHERE tenant_id = 1')).toEqual(answer);
  expect(writer.prepare('SELECT count(*) AS n FROM orders').get()).toEqual({ n: 50_000 });
});

test('a write that was broken off: said, not as if it had been ours', async () => {
  const file = join(directory, 'writing.db');
  const broken = join(directory, 'broken.db');
  using writer = new DatabaseSync(file);
  writer.exec(`PRAGMA cache_size = 1; CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
      INSERT INTO orders SELECT n, 'before' FROM n;
    BEGIN; UPDATE orders SET note = 'during';`);
  for (const each of ['', '-journal']) copyFileSync(`${file}${each}`, `${broken}${each}`);
  expect(await ask(broken, 'SELECT * FROM orders')).toEqual({
    unknown: 'somebody is writing to it, or has broken off',
  });
});

test('a table whose name needs quotes has its size, too', async () => {
  const file = join(directory, 'names.db');
  using database = new DatabaseSync(file);
  database.exec('CREATE TABLE "Order Items" (a); INSERT INTO "Order Items" VALUES (1); CREATE TABLE item (a)');
  database.exec('CREATE VIEW recent AS SELECT * FROM "Order Items"');
  for (const name of ['"order items"', 'recent'])
    expect(await ask(file, `SELECT * FROM ${name} AS i WHERE a = 1`)).toMatchObject({
      tables: [{ name: 'Order Items', rows: 1, precision: 'exact' }],
    });
});

/** Each name stands for two of the one before. */
function doubling(times: number): string {
  const names = Array.from({ length: times }, (_, i) => `n${i + 1} AS (SELECT a.x FROM n${i} a, n${i} b)`);
  return `WITH n0 AS (SELECT 1 AS x FROM orders), ${names.join(', ')} SELECT * FROM n${times}`;
}

test('a statement that takes seconds to plan is given up, and one that is too large is refused', async () => {
  const hurried = sqliteAt(plain, 400).ask({ system: 'sqlite', statement: doubling(15), parameters: 0 });
  expect(await hurried).toEqual({ unknown: 'no plan within 0.4 s' });
  expect(await ask(plain, doubling(40))).toEqual({ unknown: expect.stringMatching(/too many references/) });
});

test.each([
  ['nope.db', () => undefined, /there is no file/],
  ['text.db', (file: string) => writeFileSync(file, 'no database '.repeat(1000)), /not a database/],
  ['empty.db', (file: string) => writeFileSync(file, ''), /no such table/],
])('%s is no such database: said', async (name, make, why) => {
  const file = join(directory, name);
  make(file);
  expect(await ask(file, 'SELECT * FROM orders')).toEqual({ unknown: expect.stringMatching(why) });
  expect(await ask(directory, 'SELECT * FROM orders')).toEqual({ unknown: `${directory} is no file` });
});
