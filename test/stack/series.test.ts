import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BudgetResult } from '../../scripts/report/budgets/schema.ts';
import type { Comparison } from '../../scripts/report/compare/schema.ts';
import type { TraceSet } from '../../scripts/report/schema.ts';
import type { Series } from '../../scripts/report/series/schema.ts';
import { onetrace, root, succeed, tree } from './command.ts';

const directory = mkdtempSync(join(tmpdir(), 'onetrace-series-'));
let icon = '';

/** `slow?ms=…` waits for so long. */
const slow = (ms: number) => new URL(`/freedevtools/debug/slow?ms=${ms}`, icon).href;
const repeat = async (url: string, ...args: string[]) =>
  JSON.parse(await succeed(['trace', url, '--json', ...args])) as Series & { budgets: BudgetResult };

beforeAll(async () => {
  await succeed(['down']);
  const printed = await succeed(['up', '--mode', 'local']);
  icon = printed.match(/URL=(\S+)/)?.[1] ?? '';
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await succeed(['down']);
});

describe('the same request many times', () => {
  test('its distribution, and its usual and its worst case in full', async () => {
    const series = await repeat(icon, '-n', '12', '-c', '3');
    expect(series).toMatchObject({
      route: 'GET /freedevtools/svg_icons/[category]/[icon]/',
      requests: { sent: 12, concurrency: 3, warmUp: 2, measured: 12, incomplete: 0, failed: 0 },
      statuses: [{ status: 200, count: 12 }],
      warnings: [],
    });
    const { min, p50, p95, max } = series.totalMs;
    expect([min, p50, p95, max]).toEqual([min, p50, p95, max].toSorted((a, b) => a - b));
    expect(series.slowest.totalMs).toBe(max);
    expect(tree(series.median).slice(0, 2)).toEqual(['curl: GET', '  nginx: GET']);
    expect(series.spans.slice(0, 2)).toMatchObject([
      { service: 'curl', name: 'GET', depth: 0, traces: 12 },
      { service: 'nginx', name: 'GET', depth: 1, traces: 12 },
    ]);
    expect(series.categories.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  test('as text, with the warm-up that does not count; the raw traces can be analysed again', async () => {
    const text = await succeed(['trace', icon, '-n', '3']);
    expect(text).toMatch(/^\d+\.\d\d ms {2}median of 3 requests, http:/);
    expect(text).toMatch(/3 × 200; one at a time; 2 warm-up requests before them are not counted/);
    expect(text).toMatch(/^The median\n\d/m);
    const saved = join(root, text.match(/All raw traces: (\S+)/)?.[1] ?? '');
    expect(readdirSync(saved)).toHaveLength(3);
    expect(JSON.parse(await succeed(['analyze', saved, '--json'])) as TraceSet).toMatchObject({ traces: 3 });
  });

  test('before and after: the change is found, and its size', async () => {
    const before = await repeat(slow(10), '-n', '8');
    const after = await repeat(slow(150), '-n', '8');
    const [a, b] = [before, after].map((series) => join(root, series.directory ?? ''));
    const comparison = JSON.parse(await succeed(['compare', a ?? '', b ?? '', '--json'])) as Comparison;
    expect(comparison).toMatchObject({
      a: { traces: 8 },
      b: { traces: 8 },
      total: { significance: { significant: true } },
    });
    expect(comparison.total.shift?.from).toBeGreaterThan(0);
    expect(comparison.spans[0]).toMatchObject({ service: 'astro-ssr', self: { significance: { significant: true } } });
  });
});

test('two traces by their ids, as Jaeger has them', async () => {
  const [a, b] = [await repeat(slow(5), '-n', '1'), await repeat(slow(5), '-n', '1')];
  // What is saved goes before Jaeger.
  const ids = [a, b].map((series) => {
    rmSync(join(root, series.directory ?? ''), { recursive: true });
    return series.median.traceId;
  });
  const comparison = JSON.parse(await succeed(['compare', ...ids, '--json'])) as Comparison;
  expect(comparison).toMatchObject({ a: { name: ids[0], traces: 1 }, total: { significance: null } });
});

test('budgets: a broken one ends with 1, says so, and is in the XML', async () => {
  const file = join(directory, 'budgets.yaml');
  writeFileSync(file, 'percentile: 50\nroutes:\n  "*/debug/slow":\n    total: 10\n    findings: { error: 0 }\n');
  const junit = join(directory, 'junit.xml');
  const { code, stdout } = await onetrace(['trace', slow(30), '-n', '3', '--budget', file, '--junit', junit]);
  expect(stdout).toMatch(/^✖ broken {2}\*\/debug\/slow {2}total: .* ms, allowed 10\.00 ms \(p50 of 3 traces\)$/m);
  expect(code).toBe(1);
  expect(readFileSync(junit, 'utf8')).toContain('failures="1"');
});

test('errors are part of the figures, and are said', async () => {
  const series = await repeat(new URL('/freedevtools/debug/error', icon).href, '-n', '2');
  expect(series.statuses).toEqual([{ status: 500, count: 2 }]);
  expect(series.slowest.findings[0]).toMatchObject({ rule: 'error' });
});

test('a site whose hops leave no span: 3, and what to check', async () => {
  const jaeger = new URL('/', icon);
  jaeger.port = String(JSON.parse(await succeed(['status', '--json'])).components[0].address.match(/\d+$/)[0]);
  const { code, stdout, stderr } = await onetrace(['trace', jaeger.href, '-n', '2'], {
    ONETRACE_TRACE_TIMEOUT_MS: '1500',
  });
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(
    /expected a complete trace of one of the requests, got none\. .*\n.*lacks the nginx hop\. Check:/s,
  );
});

test('without a stack: 3, at once', async () => {
  const { code, stderr } = await onetrace(['trace', 'http://127.0.0.1:9/', '-n', '5']);
  expect(code).toBe(3);
  expect(stderr).toMatch(/expected an HTTP answer from http:\/\/127\.0\.0\.1:9\/, got curl: \(7\)/);
});
