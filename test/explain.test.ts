import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../scripts/report/schema.ts';
import { findPostgres, type Server, startPostgres } from './databases/postgresql.ts';
import { onetrace, succeed } from './stack/command.ts';
import { draw } from './traces/draw.ts';
import { toLines } from './traces/otlp.ts';

const directory = mkdtempSync(join(tmpdir(), 'onetrace-explain-'));
afterAll(() => rmSync(directory, { recursive: true }));

let pages = 0;

/** A saved trace of a page with these statements, one after the other, each of which took 119 ms for one row. */
function page(system: string, ...statements: string[]): string {
  const names = statements.map((_, index) => `q${index}`);
  const bars = names.map((name, index) => ` ${name}   ${' '.repeat(125 * index)}├${'─'.repeat(118)}┤`);
  const details = names.map((name, index) => [
    name,
    {
      kind: 'client' as const,
      attributes: {
        'db.system.name': system,
        'db.query.text': statements[index] ?? '',
        'db.response.returned_rows': 1,
      },
    },
  ]);
  const trace = draw([`page  ├${'─'.repeat(125 * names.length)}┤`, ...bars].join('\n'), Object.fromEntries(details));
  pages += 1;
  const file = join(directory, `page-${pages}.jsonl`);
  writeFileSync(file, toLines(trace));
  return file;
}

/** What each statement's plan says, by its name. */
async function ask(file: string, ...args: string[]) {
  const report = JSON.parse(await succeed(['analyze', file, ...args, '--json'])) as Report;
  const missing = report.findings.filter(({ rule }) => rule === 'missing-index');
  return Object.fromEntries(missing.map((finding) => [/q\d+/.exec(finding.message)?.[0], finding]));
}

describe('SQLite', () => {
  const file = join(directory, 'shop.db');
  const trace = page('sqlite', 'SELECT * FROM orders WHERE tenant_id = ?', 'SELECT * FROM orders WHERE id = ?');
  const confirmed =
    /missing-index {2}app: q0 .*: it lacks an index: all of orders \(50,000 rows\) is read \(119\.00 ms\)\n {2}confirmed by the plan of .*shop\.db: SCAN orders\n {2}→ CREATE INDEX orders_tenant_id ON orders \(tenant_id\)\n/;

  beforeAll(() => {
    using database = new DatabaseSync(file);
    database.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, tenant_id INTEGER);
      WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50000)
        INSERT INTO orders SELECT n, n % 500 FROM n;`);
  });

  test('confirmed and refuted, as text and as a page', async () => {
    const html = join(directory, 'sqlite.html');
    const text = await succeed(['analyze', trace, '--explain', file, '--html', html]);
    expect(text).toMatch(confirmed);
    expect(text).toMatch(/• missing-index {2}app: q1 .*, and not for want of an index: orders is searched by INTEGER/);
    expect(readFileSync(html, 'utf8')).toContain('SCAN orders');
  });

  test("as make's variable", async () => {
    expect((await onetrace(['analyze', trace], { EXPLAIN: file })).stdout).toMatch(confirmed);
  });

  test('not without permission', async () => {
    expect(await succeed(['analyze', trace])).toContain('it may lack an index, such as one on orders (tenant_id)');
  });

  test('several traces: the slowest of them, and the budgets of all', async () => {
    const set = join(directory, 'set.jsonl');
    const second = readFileSync(trace, 'utf8').replaceAll('4bf92f3577b34da6a3ce929d0e0e4736', '1'.repeat(32));
    writeFileSync(set, `${readFileSync(trace, 'utf8')}\n${second}`);
    const budget = join(directory, 'budgets.yaml');
    writeFileSync(budget, 'routes: { "*": { findings: { missing-index: 1 } } }');
    const args = ['analyze', set, '--budget', budget];
    expect((await onetrace(args)).stdout).toMatch(/missing-index, count: 2, allowed 1 \(p95 of 2 traces\)/);
    const { code, stdout } = await onetrace([...args, '--explain', file]);
    expect(stdout).toMatch(confirmed);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/1 of 1 kept/)]);
  });

  test('a database that is not there costs no verdict, and one that nothing is asked of is named', async () => {
    const gone = join(directory, 'gone.db');
    const { q0 } = await ask(trace, '--explain', gone);
    expect(q0?.plan).toMatchObject({ verdict: 'unverified', reason: `there is no file ${gone}` });
    expect(existsSync(gone)).toBe(false);
    expect(await succeed(['analyze', trace, '--explain', 'postgres://u:geheim@127.0.0.1:9/shop'])).toContain(
      '\npostgres://127.0.0.1:9/shop was not asked: no statement of its kind seems to lack an index.\n',
    );
  });
});

test.each([
  ['analyze', 'x.json'],
  ['trace', 'http://127.0.0.1:9/'],
  ['trace', 'http://127.0.0.1:9/', '-n', '2'],
])('what is no database is refused before anything is done: %s', async (...command) => {
  const { code, stdout, stderr } = await onetrace([...command, '--explain', 'mysql://u:geheim@127.0.0.1/shop']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^onetrace: expected EXPLAIN to name a SQLite file, or PostgreSQL .*, got mysql:.* Next: /);
  expect(stderr).not.toContain('geheim');
});

const postgres = await findPostgres();
const none = typeof postgres === 'string';
if (none) console.warn(`SKIPPED, EXPLAIN was not tested on PostgreSQL: ${postgres}.`);

describe.skipIf(none)('PostgreSQL', () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres((postgres as { bin: string }).bin);
    url = `postgres://shop:${encodeURIComponent(server.password)}@127.0.0.1:${server.port}/postgres`;
    await server.sql(`
      CREATE TABLE orders (id serial PRIMARY KEY, tenant_id int, created_at timestamptz, status text);
      INSERT INTO orders (tenant_id, created_at, status) SELECT n % 500, now(), 'new' FROM generate_series(1, 50000) n;
      CREATE TABLE log (at text);
      CREATE FUNCTION note() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES ('written'); END $$;
      CREATE FUNCTION writes() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM note(); RETURN 1; END $$;
      CREATE FUNCTION lingers() RETURNS int IMMUTABLE LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(60); RETURN 1; END $$;`);
    await server.sql('ANALYZE');
  });

  afterAll(() => server?.[Symbol.asyncDispose]());

  const trace = page(
    'postgresql',
    'SELECT id FROM orders WHERE tenant_id = $1 AND created_at > $2',
    "SELECT * FROM orders WHERE id = %(id)s /*traceparent='00-ab'*/",
    'UPDATE orders SET status = ? WHERE tenant_id = ?;',
    'SELECT * FROM orders WHERE tenant_id = :tenant ORDER BY created_at LIMIT :limit',
  );

  test('confirmed and refuted, whatever the placeholders', async () => {
    const { q0, q1, q2, q3 } = await ask(trace, '--explain', url);
    expect(q0).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(
        /it lacks an index: all of orders \(about 50,000 rows\) is read for about \d+ rows$/,
      ),
      next: 'CREATE INDEX CONCURRENTLY orders_tenant_id_created_at ON orders (tenant_id, created_at)',
      plan: {
        verdict: 'confirmed',
        database: `postgres://127.0.0.1:${server.port}/postgres`,
        lines: [expect.stringMatching(/^Seq Scan on orders \(rows=\d+\), Filter: \(.*tenant_id = \$1.*\)$/)],
        reason: null,
      },
    });
    expect(q1).toMatchObject({
      severity: 'info',
      message: expect.stringMatching(/, and not for want of an index: orders_pkey is used$/),
      plan: { verdict: 'refuted', lines: [expect.stringMatching(/^Index Scan using orders_pkey on orders/)] },
    });
    expect(q2).toMatchObject({
      plan: { verdict: 'confirmed' },
      next: expect.stringMatching(/ON orders \(tenant_id\)$/),
    });
    expect(q3).toMatchObject({
      plan: { verdict: 'confirmed' },
      next: expect.stringMatching(/ON orders \(tenant_id, created_at\)$/),
    });
  });

  test('an index to create that PostgreSQL takes, whatever the names', async () => {
    await server.sql(`CREATE SCHEMA "Old"; CREATE TABLE "Old"."order" ("Group" int, "to" int);
      INSERT INTO "Old"."order" SELECT n, n FROM generate_series(1, 50000) n;
      CREATE VIEW recent AS SELECT * FROM "Old"."order"; ANALYZE "Old"."order";
      CREATE TABLE "Old".parts (day int, a int) PARTITION BY LIST (day);
      CREATE TABLE "Old".monday PARTITION OF "Old".parts FOR VALUES IN (1);
      INSERT INTO "Old".parts SELECT 1, n FROM generate_series(1, 50000) n; ANALYZE "Old".parts`);
    const file = page(
      'postgresql',
      'SELECT * FROM "Old"."order" WHERE "Group" = $1',
      'SELECT * FROM "Old"."order" ORDER BY "to" LIMIT 5',
      'SELECT * FROM recent WHERE "to" = $1',
      'SELECT * FROM "Old".parts WHERE a = $1',
    );
    const { q0, q1, q2, q3 } = await ask(file, '--explain', url);
    expect([q0, q1, q2, q3].map((each) => each?.next)).toEqual([
      'CREATE INDEX CONCURRENTLY order_Group ON "Old"."order" ("Group")',
      'CREATE INDEX CONCURRENTLY order_to ON "Old"."order" ("to")',
      'CREATE INDEX CONCURRENTLY order_to ON "Old"."order" ("to")',
      'CREATE INDEX parts_a ON "Old".parts (a)',
    ]);
    for (const each of [q0, q1, q2, q3]) {
      expect(each?.message).toContain('50,000 rows');
      await server.sql(each?.next ?? '');
      await server.sql('DROP INDEX IF EXISTS "Old".order_group, "Old".order_to');
    }
  });

  test('another answer once the index is there', async () => {
    await server.sql('CREATE INDEX by_tenant ON orders (tenant_id, created_at)');
    const { q0, q2, q3 } = await ask(trace, '--explain', url);
    await server.sql('DROP INDEX by_tenant');
    for (const finding of [q0, q2, q3])
      expect(finding).toMatchObject({
        severity: 'info',
        plan: { verdict: 'refuted', lines: [expect.stringMatching(/by_tenant/)] },
      });
  });

  test.each<[string, RegExp]>([
    ['SELECT * FROM orders WHERE id = 1; DELETE FROM orders', /semicolon/],
    [String.raw`SELECT * FROM orders WHERE id = 1 \! touch DIRECTORY/hacked`, /syntax error at or near "\\"/],
    ['SELECT * FROM orders WHERE id = writes()', /cannot execute INSERT in a read-only transaction/],
    ['SELECT * FROM orders WHERE id = lingers()', /statement timeout/],
    ['SELECT * FROM nope WHERE a = $1', /relation "nope" does not exist/],
    ['SELECT * FROM orders WHERE $1 IS NULL AND id = 1', /could not determine data type of parameter \$1/],
    ['SELECT * FROM orders WHERE id = $99999999', /more than 500 placeholders/],
  ])('%s: not verified, and why', async (statement, why) => {
    const { q0 } = await ask(page('postgresql', statement.replace('DIRECTORY', directory)), '--explain', url);
    expect(q0?.plan).toMatchObject({ verdict: 'unverified', reason: expect.stringMatching(why) });
    expect(q0?.message).toContain('it may lack an index');
  });

  test('what would change something is explained only', async () => {
    const file = page(
      'postgresql',
      'DELETE FROM orders WHERE tenant_id > 0',
      'WITH d AS (DELETE FROM orders RETURNING id) SELECT * FROM d WHERE id = 1',
    );
    const { q0, q1 } = await ask(file, '--explain', url);
    expect([q0?.plan?.verdict, q1?.plan?.verdict]).toEqual(['refuted', 'refuted']);
  });

  test('after all this nothing has changed', async () => {
    expect(await server.sql('SELECT count(*), max(status) FROM orders')).toBe('50000|new');
    expect(await server.sql('SELECT count(*) FROM log')).toBe('0');
    expect(existsSync(join(directory, 'hacked'))).toBe(false);
  });

  test.each<[string, (port: number) => string, RegExp]>([
    [
      'a wrong password',
      (port) => `postgres://shop:geheim@127.0.0.1:${port}/postgres`,
      /password authentication failed/,
    ],
    ['no password', (port) => `host=127.0.0.1 port=${port} user=shop dbname=postgres`, /no password supplied/],
    [
      'no such database',
      (port) => `postgres://shop:PASSWORD@127.0.0.1:${port}/geheim`,
      /database "geheim" does not exist/,
    ],
    ['nobody there', () => "host=127.0.0.1 port=9 password='ge heim'", /Connection refused/],
  ])('%s: the verdict all the same, and no password in it', async (_, target, why) => {
    const given = target(server.port).replace('PASSWORD', encodeURIComponent(server.password));
    const { code, stdout, stderr } = await onetrace(['analyze', trace, '--explain', given], {
      PGPASSFILE: '/dev/null',
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`not verified with .*: .*${why.source}`));
    expect(stdout).not.toMatch(/:geheim|ge heim|ge\/heim|ge%2Fheim/);
  });
});
