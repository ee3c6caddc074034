import { describe, expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import type { Consulted } from '../analysis/plans/conclude.ts';
import type { Budget } from '../model/budgets.ts';
import type { Answer, PlanNode } from '../model/plan.ts';
import { renderText } from '../render/text.ts';
import { checkBudgets } from './budgets/check.ts';
import { buildReport } from './build.ts';
import { doubtsOf, withPlans } from './plans.ts';

/** A page of three slow statements, which returned a row each. */
const page = () => {
  const query = (system: string, statement: string) => ({
    kind: 'client' as const,
    attributes: { 'db.system.name': system, 'db.query.text': statement, 'db.response.returned_rows': 1 },
  });
  const bar = `├${'─'.repeat(118)}┤`;
  const after = (count: number) => ' '.repeat(130 * count);
  const drawing = `page ├${'─'.repeat(400)}┤\n first ${bar}\n second${after(1)}${bar}\n third ${after(2)}${bar}`;
  const trace = draw(drawing, {
    first: query('postgresql', 'SELECT * FROM orders WHERE tenant_id = %s AND day > %(day)s -- comment'),
    second: query('sqlite', 'SELECT * FROM icons WHERE name = ?;'),
    third: query('mysql', 'SELECT * FROM t WHERE a = ?'),
  });
  return buildReport({ trace, request: null, warnings: [] });
};

const scan: PlanNode = {
  'Node Type': 'Seq Scan',
  'Relation Name': 'orders',
  'Plan Rows': 9,
  'Total Cost': 900,
  Filter: '((day > $2) AND (tenant_id = $1))',
};
const postgres: Answer = {
  plan: { system: 'postgresql', root: scan },
  tables: [{ name: 'orders', rows: 50_000, precision: 'estimate' }],
};
const sqlite = (line: string): Answer => ({
  plan: { system: 'sqlite', lines: [line] },
  tables: [{ name: 'icons', rows: 4000, precision: 'exact' }],
});

/** The verdict where PostgreSQL and SQLite say so. */
function explained(ofPostgres: Answer, ofSqlite: Answer) {
  const report = page();
  const consulted = doubtsOf(report).map(({ key, system }): [string, Consulted] => [
    key,
    { system, database: `${system}!`, answer: system === 'sqlite' ? ofSqlite : ofPostgres },
  ]);
  return withPlans(report, new Map(consulted));
}

const missing = (report: ReturnType<typeof page>) => report.findings.filter(({ rule }) => rule === 'missing-index');

test('what there is to ask: statements without comments, with placeholders as the database knows them', () => {
  expect(doubtsOf(page()).map(({ question }) => question)).toEqual([
    { system: 'postgresql', statement: 'SELECT * FROM orders WHERE tenant_id = $1 AND day > $2', parameters: 2 },
    { system: 'sqlite', statement: 'SELECT * FROM icons WHERE name = ?', parameters: 0 },
  ]);
});

test.each(['SELECT * FROM orders WHERE tena…', 'SELECT * FROM orders WHERE tena...', `SELECT ${'a,'.repeat(10_001)}`])(
  'a statement that is not whole, or too much, is not asked about',
  (statement) => {
    const report = page();
    const [span] = report.spans.filter(({ name }) => name === 'first');
    if (span) span.attributes['db.query.text'] = statement;
    expect(doubtsOf(report)[0]?.question).toEqual({ unknown: expect.stringMatching(/only the beginning|more than/) });
  },
);

describe('what becomes of a suspicion', () => {
  test('confirmed: a fact, and the index that would help', () => {
    const [first, second] = missing(explained(postgres, sqlite('SCAN icons')));
    expect(first).toMatchObject({
      severity: 'warning',
      message:
        'app: first took 119.00 ms for 1 row(s): it lacks an index: all of orders (about 50,000 rows) is read for about 9 rows',
      next: 'CREATE INDEX CONCURRENTLY orders_tenant_id_day ON orders (tenant_id, day)',
      plan: { verdict: 'confirmed', database: 'postgresql!', reason: null },
    });
    expect(second).toMatchObject({ next: 'CREATE INDEX icons_name ON icons (name)', plan: { lines: ['SCAN icons'] } });
  });

  test('refuted: nobody need look for an index, so that it comes last', () => {
    const used: PlanNode = {
      ...scan,
      'Node Type': 'Index Scan',
      'Index Name': 'by_tenant',
      'Index Cond': '(tenant_id = $1)',
      'Total Cost': 40,
    };
    const { findings } = explained({ plan: { system: 'postgresql', root: used }, tables: [] }, sqlite('SCAN icons'));
    expect(findings.map(({ message, severity }) => `${message.slice(0, 11)} ${severity}`)).toEqual([
      'app: second warning',
      'app: third  warning',
      'app: first  info',
    ]);
    expect(findings.at(-1)).toMatchObject({
      message: 'app: first took 119.00 ms for 1 row(s), and not for want of an index: by_tenant is used',
      next: expect.stringMatching(/^Look elsewhere/),
      plan: { verdict: 'refuted', lines: [expect.stringMatching(/^Index Scan using by_tenant on orders/)] },
    });
  });

  test.each<[Answer, string]>([
    [{ unknown: 'connection refused' }, 'connection refused'],
    [{ plan: { system: 'sqlite', lines: [] }, tables: [] }, 'the plan names no table'],
  ])('unverified: as it was, and why', (answer, reason) => {
    const [before] = missing(page());
    const [first] = missing(explained(answer, sqlite('SCAN icons')));
    expect(first).toEqual({ ...before, plan: { verdict: 'unverified', database: 'postgresql!', lines: [], reason } });
  });

  test('of a database that was not named nothing is said', () => {
    expect(missing(explained(postgres, postgres)).at(-1)).not.toHaveProperty('plan');
  });
});

test('budgets count no suspicion that was refuted', () => {
  const budget: Budget = {
    route: '*',
    subject: 'finding',
    name: 'missing-index',
    measure: 'count',
    limit: 0,
    percentile: 95,
    line: 1,
  };
  const count = (report: ReturnType<typeof page>) => checkBudgets([budget], [report])[0]?.measured;
  expect(count(page())).toBe(3);
  expect(count(explained(postgres, sqlite('SEARCH icons USING INDEX by_name (name=?)')))).toBe(2);
  expect(count(explained({ unknown: 'gone' }, { unknown: 'gone' }))).toBe(3);
});

test('as text, one line says it; what the database says is cleaned', () => {
  const report = explained(postgres, { unknown: 'gone\u001b[2J' });
  const text = renderText(report, { width: 100, colour: false, notes: [] });
  expect(text).toContain(
    '\n  confirmed by the plan of postgresql!: Seq Scan on orders (rows=9), Filter: ((day > $2) AND (tenant_id = $1))\n  → CREATE INDEX',
  );
  expect(text).toContain('\n  not verified with sqlite!: gone\\u{1b}[2J\n  → See whether it says SCAN');
});
