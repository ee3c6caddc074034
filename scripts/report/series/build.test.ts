import { describe, expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { buildReport } from '../build.ts';
import type { Report } from '../schema.ts';
import { buildSeries } from './build.ts';

/** A page of so many ms, half of which (rounded down) a query takes. */
function page(ms: number, traceId: string, status = 200): Report {
  const query = Math.floor(ms / 2);
  const trace = draw(
    `
    GET       ├${'─'.repeat(ms - 1)}┤
      query   ├${'─'.repeat(query - 1)}┤
    `,
    {
      GET: { attributes: { 'http.request.method': 'GET', 'url.path': '/', 'http.response.status_code': status } },
      query: { kind: 'client' },
    },
  );
  return buildReport({ trace: { ...trace, traceId }, request: null, warnings: [] });
}

const build = (reports: Report[]) =>
  buildSeries({
    reports,
    url: 'http://localhost/',
    requests: { sent: reports.length, concurrency: 1, warmUp: 2, incomplete: 0, failed: 0 },
    directory: null,
    warnings: [],
  });

describe('five requests', () => {
  const series = build([page(20, 'a'), page(60, 'b'), page(22, 'c', 500), page(24, 'd'), page(30, 'e')]);

  test('their distribution', () => {
    expect(series.totalMs).toMatchObject({ min: 20, p50: 24, max: 60 });
    expect(series.statuses).toEqual([
      { status: 200, count: 4 },
      { status: 500, count: 1 },
    ]);
    expect(series.requests.measured).toBe(5);
    expect(series.route).toBe('GET /');
  });

  test('the usual and the worst case', () => {
    expect([series.median.traceId, series.slowest.traceId]).toEqual(['d', 'b']);
  });

  test('per kind, per span', () => {
    expect(series.categories).toMatchObject([
      { kind: 'wait', ms: { min: 10, p50: 12, max: 30 }, share: 0.5 },
      { kind: 'unknown', ms: { min: 10, p50: 12, max: 30 }, share: 0.5 },
    ]);
    expect(series.spans).toMatchObject([
      { name: 'GET', traces: 5, durationMs: { p50: 24 }, selfMs: { p50: 12 }, criticalPathMs: { p50: 12 } },
      { name: 'query', traces: 5, durationMs: { p50: 12 }, selfMs: { p50: 12 }, criticalPathMs: { p50: 12 } },
    ]);
  });
});

test('a single request is its own median and its own slowest', () => {
  const series = build([page(20, 'a')]);
  expect(series.median).toBe(series.slowest);
  expect(series.totalMs).toEqual({ min: 20, p50: 20, p95: 20, p99: 20, max: 20 });
});
