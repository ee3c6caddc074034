import { expect, test } from 'vitest';
import { describe, withoutQuoted } from './statement.ts';

test.each([
  ["SELECT * FROM t WHERE a = 'it''s' AND b = 12.5e3", 'SELECT * FROM t WHERE a = ? AND b = ?'],
  ["INSERT INTO t1 VALUES (x'ab', -1, .5, 0xFF, NULL)", 'INSERT INTO t1 VALUES (?, -?, ?, ?, NULL)'],
  ["SELECT a -- it's 'secret'\n  , /* 'too' */ b\nFROM t", 'SELECT a , b FROM t'],
  ['SELECT "a 1", [b 2], `c 3`, ?1, :p2, @p3, $p4 FROM t', 'SELECT "a 1", [b 2], `c 3`, ?1, :p2, @p3, $p4 FROM t'],
  ["SELECT 'never closed", 'SELECT ?'],
  ['SELECT 4111_1111_1111_1111, 0x12_34, .5e10, 1.5e-3, 2e+4, 1_0.2_5', 'SELECT ?, ?, ?, ?, ?, ?'],
  ['SELECT 1+2, 3-t1.c4, 5.', 'SELECT ?+?, ?-t1.c4, ?'],
  ['SELECT * FROM t WHERE id = 12ab34cd-0af7', 'SELECT * FROM t WHERE id = ?-?'],
  ['SELECT größe2, a1b FROM t LIMIT 10', 'SELECT größe2, a1b FROM t LIMIT ?'],
  ['  PRAGMA  user_version = 3 ; ', 'PRAGMA user_version = ? ;'],
])('%s', (sql, text) => {
  expect(describe(sql).text).toBe(text);
});

test.each([
  ['SELECT a FROM main.icon i JOIN set s', 'SELECT icon'],
  ['insert or ignore into "icon set" values (1)', 'INSERT icon set'],
  ['UPDATE icon SET a = 1', 'UPDATE icon'],
  ['DELETE FROM icon', 'DELETE icon'],
  ['CREATE TABLE IF NOT EXISTS icon (a)', 'CREATE icon'],
  ['WITH x AS (SELECT 1) SELECT * FROM x', 'WITH x'],
  ['SELECT (SELECT b FROM c LIMIT (1)) FROM icon', 'SELECT icon'],
  ['SELECT f.a FROM (SELECT a FROM icon) f', 'SELECT'],
  ['SELECT f.a FROM (SELECT a FROM found) f JOIN icon ON icon.id = f.a', 'SELECT icon'],
  ['BEGIN', 'BEGIN'],
  ['', 'sqlite'],
])('%s is called %s', (sql, summary) => {
  expect(describe(sql).summary).toBe(summary);
});

test('a text of any length stays short, and takes no time', () => {
  const { text } = describe(`INSERT INTO t VALUES ${"('a', 1), ".repeat(100_000)}`);
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(describe("'".repeat(100_001)).text).toBe('?');
  for (const part of ['1_', '1.', '1e+', '.1', '0x', '"1']) describe(`SELECT ${part.repeat(50_000)}`);
});

test('of a statement that failed no text in double quotes is shown', () => {
  expect(withoutQuoted('SELECT a FROM "t" WHERE n = "al""ice" OR n = "bo')).toBe(
    'SELECT a FROM ? WHERE n = ? OR n = ?',
  );
});
