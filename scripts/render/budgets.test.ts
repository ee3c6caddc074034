import { expect, test } from 'vitest';
import { controlCharacters, hostileText, hostileTrace } from '../../test/traces/hostile.ts';
import type { BudgetCheck, BudgetResult } from '../report/budgets/schema.ts';
import { buildReport } from '../report/build.ts';
import { compareReports } from '../report/compare/build.ts';
import { renderBudgets } from './budgets.ts';
import { renderJunit } from './junit.ts';
import { summariseComparison, summariseReport } from './step-summary.ts';

const check = (rest: Partial<BudgetCheck>): BudgetCheck => ({
  route: 'GET /a',
  subject: 'total',
  name: null,
  measure: 'ms',
  limit: 50,
  measured: 52.1,
  traces: 20,
  percentile: 95,
  status: 'broken',
  worstTraceId: 'abc',
  line: 4,
  ...rest,
});

const result: BudgetResult = {
  file: 'budgets.yaml',
  broken: 2,
  routes: ['GET /a'],
  checks: [
    check({}),
    check({ subject: 'unknown', measure: 'share', limit: 0.3, measured: 0.96, traces: 1 }),
    check({ subject: 'span', name: 'SELECT *', measure: 'count', limit: 3, measured: 3, status: 'kept' }),
    check({ subject: 'span', name: 'gone', measure: 'longest', measured: null, status: 'not-measured' }),
    check({ route: '/b & <c>', traces: 0, measured: null, status: 'not-measured' }),
  ],
};

test('a line for each broken budget, and for each that measured nothing', () => {
  expect(renderBudgets(result, { colour: false })).toBe(
    `
Budgets of budgets.yaml
✖ broken  GET /a  total: 52.10 ms, allowed 50.00 ms (p95 of 20 traces)
✖ broken  GET /a  share of unknown: 96 %, allowed 30 %
▲ idle  GET /a  span gone: not measured, no span has this name
▲ idle  /b & <c>  total: not measured, no trace is of this route
✔ 1 of 5 kept
`.trimStart(),
  );
});

test('JUnit XML: a suite for each route, a case for each limit', () => {
  expect(renderJunit(result)).toBe(
    `
<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="2" errors="0" skipped="2">
  <testsuite name="GET /a" tests="4" failures="2" errors="0" skipped="1">
    <testcase classname="GET /a" name="total ≤ 50.00 ms" file="budgets.yaml" time="0.0521">
      <failure message="total: 52.10 ms, allowed 50.00 ms (p95 of 20 traces). budgets.yaml:4, worst trace abc" type="budget"/>
    </testcase>
    <testcase classname="GET /a" name="share of unknown ≤ 30 %" file="budgets.yaml">
      <failure message="share of unknown: 96 %, allowed 30 %. budgets.yaml:4, worst trace abc" type="budget"/>
    </testcase>
    <testcase classname="GET /a" name="span SELECT *, count ≤ 3" file="budgets.yaml"/>
    <testcase classname="GET /a" name="span gone ≤ 50.00 ms" file="budgets.yaml">
      <skipped/>
    </testcase>
  </testsuite>
  <testsuite name="/b &amp; &lt;c>" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="/b &amp; &lt;c>" name="total ≤ 50.00 ms" file="budgets.yaml">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>
`.trimStart(),
  );
});

const hostile = buildReport({ trace: hostileTrace(), request: null, warnings: [] });

test('the summary of a step: budgets as a table, then where the time went', () => {
  const markdown = summariseReport('onetrace', hostile, result);
  expect(markdown).toContain('**2 of 5 budgets broken** (budgets.yaml)');
  expect(markdown).toMatch(/^\| ❌ \| GET \/a \| total \| 52\.10 ms \| 50\.00 ms \| p95 of 20 traces \|$/m);
  expect(markdown).toMatch(/^\| ⚠️ \|/m);
  expect(markdown).toMatch(/^\| 3\.00 \| 100 % \| unknown \| /m);
});

test('what a trace or a file says is neither markup nor an escape sequence anywhere', () => {
  const evil = {
    ...result,
    file: hostileText,
    checks: [check({ route: hostileText, name: hostileText, subject: 'span' })],
  };
  const side = { name: hostileText, reports: [hostile] };
  const comparison = compareReports({ a: side, b: side, route: null, warnings: [] });
  const markdown = [summariseReport(hostileText, hostile, evil), summariseComparison(comparison)];
  for (const text of [renderBudgets(evil, { colour: false }), renderJunit(evil), ...markdown])
    expect(text).not.toMatch(controlCharacters);
  for (const text of markdown) {
    expect(text).not.toMatch(/<b>/);
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    expect(new Set(rows.map((row) => row.split('|').length)).size).toBeLessThanOrEqual(2);
  }
});
