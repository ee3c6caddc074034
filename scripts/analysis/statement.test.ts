import { describe, expect, test } from 'vitest';
import { bareStatement, filterOf, numberPlaceholders, parameterise, verbOf, withoutComments } from './statement.ts';

describe('a statement without its values', () => {
  test.each([
    ["SELECT * FROM icons WHERE name = 'it''s' AND size > -1.5", 'SELECT * FROM icons WHERE name = ? AND size > ?'],
    ['SELECT a FROM t WHERE id IN ($1, $2,$3)', 'SELECT a FROM t WHERE id IN (?)'],
    ['INSERT INTO t (a, b) VALUES (?, ?), (?, ?)', 'INSERT INTO t (a, b) VALUES (?)'],
    ['SELECT a FROM t WHERE id = %(id_1)s AND b = :b AND c = @c', 'SELECT a FROM t WHERE id = ? AND b = ? AND c = ?'],
    ["SELECT 1\n  FROM t1 -- all\n /*traceparent='00-ab'*/", 'SELECT ? FROM t1'],
    ['SELECT created::date FROM t', 'SELECT created::date FROM t'],
  ])('%s', (statement, expected) => {
    expect(parameterise(statement)).toBe(expected);
  });

  test('10 MB of one cost no more than its beginning', () => {
    expect(parameterise(`SELECT ${'/*'.repeat(5_000_000)}`).length).toBeLessThan(5000);
    expect(verbOf(`${' '.repeat(10_000_000)}SELECT`)).toBe('');
  });
});

test.each([
  ["SELECT 'it''s -- no comment', \"/* a\" -- one\n FROM /* two */ t", "SELECT 'it''s -- no comment', \"/* a\" FROM t"],
  ["SELECT a FROM t WHERE b = 'cut off -- here", "SELECT a FROM t WHERE b = 'cut off"],
])('without comments: %s', (statement, expected) => {
  expect(withoutComments(statement)).toBe(expected);
});

test.each<[string, string, number]>([
  ['a = ? AND b = ?', 'a = $1 AND b = $2', 2],
  ["a = %s AND b = %(b)s AND c LIKE '%s?'", "a = $1 AND b = $2 AND c LIKE '%s?'", 2],
  ["a = :a AND b::text = 'x'", "a = $1 AND b::text = 'x'", 1],
  ['a = $2 AND b = $1 AND c ? 1', 'a = $2 AND b = $1 AND c ? 1', 2],
  ["a = '$9'", "a = '$9'", 0],
])('placeholders: %s', (statement, text, count) => {
  expect(numberPlaceholders(statement)).toEqual({ text, count });
});

test('a semicolon behind it says nothing', () => {
  expect(bareStatement('SELECT 1; -- all\n;')).toBe('SELECT 1');
  expect(bareStatement(`SELECT 1${';'.repeat(20_000)}x`)).toMatch(/;x$/);
});

test('no statement takes long to read', () => {
  const text = `SELECT a FROM t WHERE ${'a.'.repeat(1000)} ORDER BY ${'b,'.repeat(1000)}`;
  for (let count = 0; count < 2000; count += 1) filterOf(text);
});

test('where an index could help', () => {
  const statement = `SELECT o.id FROM orders o WHERE o.created_at > $2 AND o.tenant_id = $1 ORDER BY o."total" DESC LIMIT 5`;
  expect(filterOf(statement)).toEqual({ table: 'orders', columns: ['tenant_id', 'created_at', 'total'] });
  expect(filterOf('SELECT count(*) FROM orders')).toBeNull();
});
