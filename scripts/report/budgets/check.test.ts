import { describe, expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import type { Budget } from '../../model/budgets.ts';
import { buildReport } from '../build.ts';
import type { Report } from '../schema.ts';
import { checkBudgets } from './check.ts';

/** A page of so many ms with two queries of 2 and 4 ms; 1 ms of it failed. */
const page = (ms: number, traceId = 'a'): Report => {
  const trace = draw(
    `
    app/GET      ├${'─'.repeat(ms - 1)}┤
      db/SELECT a ├─┤
      db/SELECT b     ├───┤
      check                ├┤
    `,
    {
      'app/GET': { attributes: { 'http.route': '/page', 'http.request.method': 'GET' } },
      'db/SELECT a': { kind: 'client' },
      'db/SELECT b': { kind: 'client' },
      check: { status: { code: 'error', message: 'no' } },
    },
  );
  return buildReport({ trace: { ...trace, traceId }, request: null, warnings: [] });
};

const budget = (rest: Partial<Budget>): Budget => ({
  route: '*',
  subject: 'total',
  name: null,
  measure: 'ms',
  limit: 0,
  percentile: 95,
  line: 1,
  ...rest,
});
const check = (rest: Partial<Budget>, ...reports: Report[]) => checkBudgets([budget(rest)], reports)[0];

describe('what is measured', () => {
  test.each<[string, Partial<Budget>, number | null]>([
    ['the total', {}, 30],
    ['the share of unknown', { subject: 'unknown', measure: 'share' }, 24 / 30],
    ['the longest span', { subject: 'span', name: 'SELECT *', measure: 'longest' }, 4],
    ['all spans', { subject: 'span', name: 'SELECT *', measure: 'sum' }, 6],
    ['their number', { subject: 'span', name: 'SELECT *', measure: 'count' }, 2],
    ['those of one service', { subject: 'span', name: 'db: SELECT a', measure: 'longest' }, 2],
    ['a span that is not there', { subject: 'span', name: 'INSERT', measure: 'count' }, null],
    ['findings', { subject: 'finding', name: 'error', measure: 'count' }, 1],
    ['what they cost', { subject: 'finding', name: 'error', measure: 'ms' }, 1],
    ['findings that are not there', { subject: 'finding', name: 'retry', measure: 'count' }, 0],
  ])('%s', (_, rest, expected) => {
    const measured = check(rest, page(30))?.measured ?? null;
    if (expected === null) expect(measured).toBeNull();
    else expect(measured).toBeCloseTo(expected, 5);
  });
});

describe('what becomes of it', () => {
  test('at the limit it is kept, beyond it is broken', () => {
    expect(check({ limit: 30 }, page(30))?.status).toBe('kept');
    expect(check({ limit: 29.999 }, page(30))?.status).toBe('broken');
  });

  test('the percentile of several, and the worst of them', () => {
    const pages = [20, 21, 22, 23, 24, 25, 26, 27, 28, 90].map((ms) => page(ms, `t${ms}`));
    expect(check({ limit: 30, percentile: 50 }, ...pages)).toMatchObject({
      status: 'kept',
      measured: 24.5,
      traces: 10,
      worstTraceId: 't90',
    });
    expect(check({ limit: 30, percentile: 95 }, ...pages)).toMatchObject({
      status: 'broken',
      measured: 62.1, // between the last two
    });
  });

  test('only traces of the route count', () => {
    expect(check({ route: 'GET /page', limit: 1 }, page(20))).toMatchObject({ traces: 1, status: 'broken' });
    expect(check({ route: '/other', limit: 1 }, page(20))).toMatchObject({
      traces: 0,
      status: 'not-measured',
      measured: null,
      worstTraceId: null,
    });
  });
});
