import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../test/traces/arbitrary.ts';
import { draw } from '../../test/traces/draw.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import type { RequestFacts } from '../model/request.ts';
import { buildReport } from './build.ts';
import { reportSchema } from './schema.ts';

const build = (trace: Parameters<typeof buildReport>[0]['trace'], request: RequestFacts | null = null) =>
  buildReport({ trace, request, warnings: [] });

describe("the first user's page", () => {
  const report = build(firstUserTrace());

  test('its request, as the trace tells of it', () => {
    expect(report.request).toEqual({
      url: 'http://127.0.0.1:8080/freedevtools/svg_icons/8bit/sharp-solid-alien-8bit/',
      method: 'GET',
      status: 200,
      bytes: 18_412,
      redirects: 0,
      redirectUrl: null,
      timings: { dns: 0.05, connect: 0.2, tls: 0, ttfb: 36.25, transfer: 1.5, total: 38 },
    });
  });

  test('its spans, in the order of the waterfall', () => {
    const rows = report.spans.map(({ depth, name, startMs, durationMs, selfMs }) => [
      depth,
      name,
      startMs,
      durationMs,
      selfMs,
    ]);
    expect(rows.slice(0, 6)).toEqual([
      [0, 'GET', 0, 38, 2],
      [1, 'GET', 1, 36, 2],
      [2, 'GET /svg_icons/[category]/[icon]/', 2, 34, 1],
      [3, 'astro.middleware logger', 2, 33, 2],
      [4, 'astro.page.render', 3, 31, 5],
      [5, 'pool.query iconByName', 4, 13, 12],
    ]);
  });

  test('the gap that nobody could name', () => {
    expect(report.gaps).toContainEqual({
      spanId: report.spans[5]?.id,
      startMs: 6,
      durationMs: 11,
      before: { id: report.spans[6]?.id, name: 'worker iconByName' },
      after: null,
    });
  });

  test("nginx's words about the way to the app", () => {
    expect(report.hops).toEqual([
      {
        spanId: report.spans[1]?.id,
        service: 'nginx',
        upstream: '127.0.0.1:4321',
        resolutionMs: 1,
        ownMs: 1,
        connectMs: 0,
        firstByteMs: 33,
        transferMs: 2,
      },
    ]);
  });

  test('no findings, no warnings', () => {
    expect([report.findings, report.warnings]).toEqual([[], []]);
  });
});

test('what the sender of the request knows goes before what the trace says', () => {
  const request = {
    url: 'http://[::1]/',
    method: 'POST',
    status: null,
    bytes: null,
    redirects: 2,
    redirectUrl: null,
    times: null,
  };
  expect(build(firstUserTrace(), request).request).toMatchObject({
    url: 'http://[::1]/',
    method: 'POST',
    redirects: 2,
    timings: null,
  });
});

test('of one kind of findings a few are enough', () => {
  const client = { kind: 'client' as const };
  const loop = (index: number) => [`  turn ${index} ├─────┤`, ...Array.from({ length: 5 }, () => '    GET ├┤')];
  const drawing = ['page     ├─────────┤', ...Array.from({ length: 12 }, (_, index) => loop(index)).flat()].join('\n');
  const found = build(draw(drawing, { GET: client })).findings.filter(({ rule }) => rule === 'n-plus-one');
  expect(found).toHaveLength(10);
  expect(found.at(-1)?.message).toMatch(/\(and 2 more like it\)$/);
});

test('an empty trace has an empty report', () => {
  expect(build(draw(''))).toMatchObject({ totalMs: 0, request: null, spans: [], criticalPath: [], accounting: [] });
});

describe('for any trace', () => {
  test('the report is what its schema says, and survives JSON', () => {
    fc.assert(
      fc.property(anyTrace(), (trace) => {
        const report = build(trace);
        expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
      }),
    );
  });

  test('all clocks shifted: the same verdict', () => {
    fc.assert(
      fc.property(anyTrace(), fc.nat(1_000_000_000), (trace, by) => {
        const shift = <T extends { start: number; end: number }>(span: T) => ({
          ...span,
          start: span.start + by,
          end: span.end + by,
        });
        const shifted = { ...trace, epochNs: trace.epochNs - 7n, spans: trace.spans.map(shift) };
        expect(build(shifted)).toEqual(build(trace));
      }),
    );
  });

  test('the accounting adds up to the total, and so does the critical path', () => {
    fc.assert(
      fc.property(anyTrace(), (trace) => {
        const { accounting, criticalPath, totalMs } = build(trace);
        expect(accounting.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(totalMs, 6);
        expect(criticalPath.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(totalMs, 6);
      }),
    );
  });
});
