import { describe, expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import type { Trace } from '../model/trace.ts';
import { renderTraceSet } from '../render/trace-set.ts';
import { traceSetSchema } from './schema.ts';
import { buildTraceSet } from './trace-set.ts';

/** A page of so many ms with one query, so many seconds after the first. */
function page(ms: number, second: number, failed = false): Trace {
  const trace = draw(
    `
    web/GET    ├${'─'.repeat(ms - 1)}┤
      SELECT    ├┤
    `,
    {
      SELECT: {
        kind: 'client',
        service: 'web',
        attributes: { 'db.system.name': 'sqlite' },
        status: { code: failed ? 'error' : 'unset', message: '' },
      },
    },
  );
  return {
    ...trace,
    traceId: String(second).padStart(32, '0'),
    epochNs: trace.epochNs + BigInt(second) * 1_000_000_000n,
  };
}

const hundred = Array.from({ length: 100 }, (_, index) => page(index + 10, index, index < 25));
const warnings = [{ code: 'bad-line', message: 'line 7 is not JSON', spanIds: [] }];

describe('several traces', () => {
  const set = buildTraceSet({ traces: hundred, warnings });

  test('their number, and how their totals are distributed', () => {
    expect(set).toMatchObject({
      traces: 100,
      spans: 200,
      seconds: 99,
      totalMs: { min: 10, p50: 59.5, p95: 104.05, p99: 108.01, max: 109 },
    });
  });

  test('per span name: count, percentiles, share of errors', () => {
    expect(set.names).toMatchObject([
      { service: 'web', name: 'GET', count: 100, errorShare: 0, ms: { p50: 59.5, p95: 104.05, p99: 108.01 } },
      { service: 'web', name: 'SELECT', count: 100, errorShare: 0.25, ms: { p50: 1, p99: 1 }, totalMs: 100 },
    ]);
  });

  test('calls, how many of them failed, and how many a second', () => {
    expect(set.graph.calls).toEqual([
      { from: 'web', to: 'sqlite', calls: 100, errors: 25, perSecond: 100 / 99, p50Ms: 1, p95Ms: 1 },
    ]);
  });

  test('the slowest in full', () => {
    expect(set.slowest).toMatchObject({ traceId: '99'.padStart(32, '0'), totalMs: 109 });
  });

  test('it is what its schema says, and survives JSON', () => {
    expect(traceSetSchema.parse(JSON.parse(JSON.stringify(set)))).toEqual(set);
  });

  test('as text', () => {
    const text = renderTraceSet(set, { width: 120, colour: false, notes: ['the end'] });
    expect(text).toContain('100 traces, 200 spans over 99 s\ntotal: min 10.00 · p50 59.50');
    expect(text).toMatch(/^web +SELECT +100 +1\.00 +1\.00 +1\.00 +100\.00 +25 %$/m);
    expect(text).toMatch(/^web → sqlite \(database\) +100 +1\.01 +25 \(25 %\) +1\.00 +1\.00$/m);
    expect(text).toMatch(/The slowest of them\n109\.00 ms.*line 7 is not JSON.*the end/s);
  });

  test('a name from a trace does not command the terminal', () => {
    const evil = page(10, 0);
    for (const span of evil.spans) Object.assign(span, { name: 'a\u001b[2Jb', service: 'c\u001b[2Jd' });
    const text = renderTraceSet(buildTraceSet({ traces: [evil], warnings: [] }), {
      width: 100,
      colour: false,
      notes: [],
    });
    expect(text).not.toContain('\u001b');
  });
});

test('traces that came at once have no rate', () => {
  const { seconds, graph } = buildTraceSet({ traces: [page(10, 0), page(10, 0)], warnings: [] });
  expect([seconds, graph.calls[0]?.perSecond]).toEqual([null, null]);
});

test('no trace at all', () => {
  expect(buildTraceSet({ traces: [], warnings })).toMatchObject({
    traces: 0,
    totalMs: { p50: 0 },
    slowest: null,
    warnings,
  });
});
