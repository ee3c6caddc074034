import { expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { outgoingCalls } from '../outgoing.ts';
import { buildTree } from '../tree.ts';
import { waterfall } from '../waterfall.ts';
import { findMissingIndexes } from './missing-index.ts';

const statement = 'SELECT id FROM orders WHERE tenant_id = $1 AND created_at > $2';

/** A query of so many ms. */
function find(ms: number, attributes: Record<string, string | number>, text = statement) {
  const query = {
    kind: 'client' as const,
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': text, ...attributes },
  };
  const drawing = `page  ├${'─'.repeat(ms + 1)}┤\n SELECT ├${'─'.repeat(ms - 1)}┤`;
  const { roots } = buildTree(draw(drawing, { SELECT: query }));
  return findMissingIndexes(outgoingCalls(waterfall(roots).map(({ node }) => node)));
}

test('slow for the few rows that it returned: which columns, and the command that tells', () => {
  expect(find(200, { 'db.response.returned_rows': 3 })).toMatchObject([
    {
      rule: 'missing-index',
      severity: 'warning',
      ms: 200,
      message:
        'app: SELECT took 200.00 ms for 3 row(s): it may lack an index, such as one on orders (tenant_id, created_at)',
      next: `See whether it says Seq Scan: psql DATABASE -c 'EXPLAIN (GENERIC_PLAN) ${statement}'`,
    },
  ]);
});

test.each<[string, Parameters<typeof find>, string]>([
  [
    'many rows read for one',
    [10, { 'db.response.returned_rows': 1, 'db.rows_examined': 50_000 }],
    'and read 50,000 rows for 1',
  ],
  ['slow, and nobody counted rows', [150, {}], 'to filter or sort'],
])('%s', (_, query, expected) => {
  expect(find(...query)[0]?.message).toContain(expected);
});

test.each<[string, Parameters<typeof find>]>([
  ['many rows take their time', [200, { 'db.response.returned_rows': 100_000 }]],
  ['fast enough', [15, { 'db.response.returned_rows': 1 }]],
  ['not known, and not that slow', [60, {}]],
  ['nothing that an index could filter', [500, { 'db.response.returned_rows': 1 }, 'SELECT count(*) FROM orders']],
  ['few were read: the time went elsewhere', [500, { 'db.rows_examined': 3 }]],
  ['no question', [500, {}, 'INSERT INTO orders VALUES (1)']],
])('no finding: %s', (_, query) => {
  expect(find(...query)).toEqual([]);
});

test.each([
  [
    'sqlite',
    "SELECT a FROM t WHERE b = 'it''s'",
    String.raw`sqlite3 /data/x.db 'EXPLAIN QUERY PLAN SELECT a FROM t WHERE b = '\''it'\'''\''s'\'''`,
  ],
  [
    'postgresql',
    'SELECT a FROM t WHERE b = %(b)s AND c = %(c)s',
    "psql /data/x.db -c 'EXPLAIN (GENERIC_PLAN) SELECT a FROM t WHERE b = $1 AND c = $2'",
  ],
  [
    'postgresql',
    'SELECT a FROM t WHERE b::int = 7',
    "psql /data/x.db -c 'EXPLAIN (ANALYZE, BUFFERS) SELECT a FROM t WHERE b::int = 7'",
  ],
  ['mysql', 'SELECT a FROM t WHERE b = ?', "mysql /data/x.db -e 'EXPLAIN SELECT a FROM t WHERE b = ?'"],
  ['oracle', 'SELECT a FROM t WHERE b = 1', 'Ask the database: EXPLAIN SELECT a FROM t WHERE b = 1'],
])('the command for %s', (system, text, command) => {
  const [finding] = find(200, { 'db.system.name': system, 'db.namespace': '/data/x.db' }, text);
  expect(finding?.next).toContain(command);
});

test.each([
  ['DELETE FROM t WHERE b = 1', "psql DATABASE -c 'EXPLAIN DELETE FROM t WHERE b = 1'", undefined],
  ['SELECT a FROM t WHERE b = 1;', "psql DATABASE -c 'EXPLAIN (ANALYZE, BUFFERS) SELECT a FROM t WHERE b = 1'", '-c'],
  ['SELECT a FROM t WHERE b = ?', "psql '$(reboot)' -c 'EXPLAIN (GENERIC_PLAN)", '$(reboot)'],
  ['SELECT a FROM t WHERE b = 1; DROP TABLE t', 'Ask the database to EXPLAIN the statement of span', undefined],
  [String.raw`SELECT a FROM t WHERE b = 1 \! reboot`, 'Ask the database to EXPLAIN the statement of span', undefined],
])('a command that somebody will paste runs nothing but EXPLAIN: %s', (text, command, database) => {
  const [finding] = find(200, database === undefined ? {} : { 'db.namespace': database }, text);
  expect(finding?.next).toContain(command);
});
