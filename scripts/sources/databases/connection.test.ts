import { expect, test } from 'vitest';
import { readConnection } from './connection.ts';
import { databasesAt } from './index.ts';

test.each<[string, string, string | null, string]>([
  ['postgres://u:p%2F%40w@h:5432/shop', 'postgres://u@h:5432/shop', 'p/@w', 'postgres://h:5432/shop'],
  ['postgresql://h/shop', 'postgresql://h/shop', null, 'postgresql://h/shop'],
  [
    'postgres:///shop?host=/run&password=a%20b&sslmode=require',
    'postgres:///shop?host=/run&sslmode=require',
    'a b',
    'postgres:///shop',
  ],
  ['postgres://u:x@h1:1,h2:2/shop', 'postgres://u@h1:1,h2:2/shop', 'x', 'postgres://h1:1,h2:2/shop'],
  ['postgres://[::1]:5432', 'postgres://[::1]:5432', null, 'postgres://[::1]:5432'],
  ["host=h password = 'it\\'s me' dbname=shop user=u", 'host=h dbname=shop user=u', "it's me", 'host=h dbname=shop'],
  ['user=u password=x', 'user=u', 'x', 'PostgreSQL'],
  ['application_name=a Password=x host=h', 'application_name=a host=h', 'x', 'host=h'],
  ['POSTGRES://u:x@h/shop?PASSWORD=y', 'postgres://u@h/shop', 'y', 'postgres://h/shop'],
])('%s: the password apart', (given, target, password, name) => {
  expect(readConnection(given)).toEqual({ target, password, name });
  expect(databasesAt([given])).toMatchObject([{ system: 'postgresql', name }]);
});

test.each([
  'postgres://u:geheim/x@h/shop',
  'postgres://u:geheim@x@h/shop',
  'postgres://u:geheim#x@h/shop',
  'postgres://u:geheim%@h/shop',
  "host=h password='geheim",
  'postgres:u:geheim@h/shop',
  'postgres:/u:geheim@h/shop',
  'mysql://u:geheim@h/shop',
])('%s: refused, and nobody reads the password', (given) => {
  expect(() => databasesAt([given])).toThrow(/^expected EXPLAIN to name .*, got .*\. Next: /);
  expect(() => databasesAt([given])).not.toThrow(/geheim/);
});

test('a file and a server may be asked, but not two of a kind', () => {
  const given = databasesAt(['shop=1.db', 'dbname=shop']);
  expect(given.map(({ system, name }) => [system, name])).toEqual([
    ['sqlite', 'shop=1.db'],
    ['postgresql', 'dbname=shop'],
  ]);
  expect(() => databasesAt(['a.db', 'b.db'])).toThrow(/expected at most one .*, got sqlite, sqlite/);
});
