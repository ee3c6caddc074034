import { expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { controlCharacters, hostileText, hostileTrace } from '../../test/traces/hostile.ts';
import type { Trace } from '../model/trace.ts';
import { buildReport } from '../report/build.ts';
import { buildSeries } from '../report/series/build.ts';
import { renderSeries } from './series.ts';

function render(traces: Trace[], { width = 100, url = 'http://localhost/' } = {}): string {
  const series = buildSeries({
    reports: traces.map((trace) => buildReport({ trace, request: null, warnings: [] })),
    url,
    requests: { sent: traces.length + 1, concurrency: 2, warmUp: 2, incomplete: 1, failed: 0 },
    directory: '.onetrace/traces/x',
    warnings: [],
  });
  return renderSeries(series, { width, colour: false, notes: ['All raw traces: .onetrace/traces/x'] });
}

const page = (query: number, traceId: string): Trace => ({
  ...draw(`
    GET      ├${'─'.repeat(query + 5)}┤
      query  ├${'─'.repeat(query - 1)}┤
  `),
  traceId,
});

test('the distribution, per kind and per span, then the median and the slowest in full', () => {
  const text = render([page(10, 'aa'), page(20, 'bb'), page(40, 'cc')]);
  expect(text.split('\n').slice(0, 12).join('\n')).toBe(
    `
26.00 ms  median of 3 of 4 requests, http://localhost/
min 16.00 · p50 26.00 · p95 44.00 · max 46.00 ms
3 × no answer; 2 at a time; 2 warm-up requests before them are not counted

By kind, ms of the critical path
    min      p50      p95      max  share
  16.00    26.00    44.00    46.00  100 %  unknown

By span, ms of its own on the critical path; whole: median of the span with its children
    min      p50      p95      max    whole  service  span
  10.00    20.00    38.00    40.00    20.00  app      query ‹ GET
   6.00     6.00     6.00     6.00    26.00  app      GET
`.trim(),
  );
  const [, median = '', slowest = ''] = text.split(/^The (?:median|slowest)$/m);
  expect(median).toContain('26.00 ms  trace bb');
  expect(slowest).toContain('46.00 ms  trace cc');
  expect(slowest.trimEnd()).toMatch(/All raw traces: \.onetrace\/traces\/x$/);
});

test('functions, where samples name them, the place of each kept in narrow columns; those met by chance are left out', () => {
  const report = buildReport({ trace: page(100, 'aa'), request: null, warnings: [] });
  const [account] = report.accounting as [(typeof report.accounting)[number]];
  const named = (name: string, ms: number) => ({
    ...account,
    kind: 'cpu' as const,
    name,
    location: `src/${name}.ts:4`,
    ms,
  });
  const series = buildSeries({
    reports: [{ ...report, accounting: [named(`render${'Icon'.repeat(30)}`, 80), named('seldom', 0.1)] }],
    url: 'http://localhost/',
    requests: { sent: 1, concurrency: 1, warmUp: 2, incomplete: 0, failed: 0 },
    directory: null,
    warnings: [],
  });
  const text = renderSeries(series, { width: 100, colour: false, notes: [] });
  expect(text).toMatch(
    /^By function, ms estimated from samples\n.*\n(?: +80\.00){4} +75 % {2}cpu {2}render\S*…\S*Icon\.ts:4$/m,
  );
  expect(text.split('The median')[0]).not.toContain('seldom');
});

test('a single one is shown once', () => {
  expect(render([page(10, 'aa')])).not.toContain('The slowest');
});

test('control characters of a trace do not reach the terminal', () => {
  expect(render([hostileTrace()], { url: hostileText })).not.toMatch(controlCharacters);
});
