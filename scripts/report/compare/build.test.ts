import { describe, expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import type { Span, Trace } from '../../model/trace.ts';
import { buildReport } from '../build.ts';
import type { Report } from '../schema.ts';
import { compareReports } from './build.ts';

const report = (trace: Trace) => buildReport({ trace, request: null, warnings: [] });
const compare = (a: readonly Report[], b: readonly Report[], route: string | null = null) =>
  compareReports({ a: { name: 'before', reports: a }, b: { name: 'after', reports: b }, route, warnings: [] });

const before = draw(`
  GET          ├────────────────┤
    load        ├────┤
      SELECT a   ├──┤
    render             ├───────┤
      old               ├┤
`);
const after = draw(`
  GET          ├─────────────────────┤
    load        ├─────────┤
      SELECT a   ├───────┤
    render                  ├───────┤
      new                    ├┤
`);

describe('two traces', () => {
  const comparison = compare([report(before)], [report(after)]);

  test('the span that changed comes first, not those that waited for it', () => {
    expect(comparison.spans[0]).toMatchObject({
      name: 'SELECT a',
      path: ['app: GET', 'app: load', 'app: SELECT a'],
      status: 'both',
      duration: { a: 3, b: 8, change: 5 },
      self: { a: 3, b: 8, change: 5 },
      criticalPath: { a: 3, b: 8, change: 5 },
    });
    const get = comparison.spans.find(({ name }) => name === 'GET');
    expect(get).toMatchObject({ duration: { a: 17, b: 22, change: 5 }, self: { change: 0 } });
  });

  test('new and vanished spans', () => {
    const changed = comparison.spans.filter(({ status }) => status !== 'both');
    expect(changed.map(({ name, status, self }) => [name, status, self.change])).toEqual([
      ['old', 'vanished', -1],
      ['new', 'new', 1],
    ]);
  });

  test('changes on the critical path add up to that of the total, and so do the kinds', () => {
    expect(comparison.total).toMatchObject({ a: 17, b: 22, change: 5 });
    expect(comparison.spans.reduce((sum, { criticalPath }) => sum + criticalPath.change, 0)).toBeCloseTo(5, 9);
    expect(comparison.categories).toMatchObject([{ kind: 'unknown', a: 17, b: 22, change: 5 }]);
  });

  test('too few to tell', () => {
    expect(comparison.total).toMatchObject({ significance: null, shift: null });
    expect(comparison.spans.every(({ self }) => self.significance === null)).toBe(true);
  });
});

/** Traces whose `work` takes about so many ms and whose `other` varies by itself. */
const several = (work: number, seed: number, count = 12): Report[] =>
  Array.from({ length: count }, (_, index) => {
    const own = work + ((index * 7 + seed) % 4);
    const other = 3 + ((index * 5 + seed * 3) % 7);
    return report(
      draw(`
      GET      ├${'─'.repeat(own + other + 3)}┤
        work    ├${'─'.repeat(own)}┤
        other    ${' '.repeat(own + 1)}├${'─'.repeat(other)}┤
      `),
    );
  });

describe('two sets', () => {
  const comparison = compare(several(5, 1), several(12, 2));
  const span = (wanted: string) => comparison.spans.find(({ name }) => name === wanted);

  test('medians, and what is sure about them', () => {
    expect(comparison.spans[0]).toMatchObject({
      name: 'work',
      self: { change: 7, significance: { significant: true } },
    });
    expect(span('other')?.self.significance?.significant).toBe(false);
    expect(comparison.total.significance?.significant).toBe(true);
    expect(comparison.total.shift?.estimate).toBeGreaterThan(4);
    expect(comparison.total.shift?.from).toBeGreaterThan(0);
  });

  test('nothing changed: nothing is significant', () => {
    const same = compare(several(5, 1), several(5, 1));
    expect(same.total).toMatchObject({ change: 0, significance: { p: 1, significant: false } });
    expect(same.spans.every(({ self }) => self.change === 0 && self.significance?.significant === false)).toBe(true);
  });

  test('one that only some traces have counts as nothing in the others', () => {
    const sometimes = several(5, 1).map((each, index) => (index < 4 ? each : without(each, 'other')));
    const { spans } = compare(sometimes, several(5, 1));
    expect(spans.find(({ name }) => name === 'other')).toMatchObject({
      status: 'both',
      tracesWith: { a: 4, b: 12 },
      duration: { a: 0 },
    });
  });
});

function without(whole: Report, name: string): Report {
  return { ...whole, spans: whole.spans.filter((span) => span.name !== name) };
}

describe('routes', () => {
  const of = (route: string, drawing = 'GET ├────┤') => {
    const details: Partial<Span> = { attributes: { 'http.route': route, 'http.request.method': 'GET' } };
    return report(draw(drawing, { GET: details }));
  };

  test('the one that both sides have most of; what is left out is said', () => {
    const comparison = compare([of('/a'), of('/b'), of('/b')], [of('/b', 'GET ├───────┤'), of('/c')]);
    expect(comparison).toMatchObject({
      route: 'GET /b',
      a: { traces: 2 },
      b: { traces: 1 },
      total: { a: 5, b: 8 },
      warnings: [{ code: 'other-routes', message: expect.stringContaining('2 trace(s) of other routes') }],
    });
  });

  test('the one that is asked for', () => {
    const sets = [of('/a'), of('/b'), of('/b')];
    expect(compare(sets, sets, 'GET /a')).toMatchObject({ route: 'GET /a', a: { traces: 1 }, b: { traces: 1 } });
  });

  test('none in common: compared all the same, and said', () => {
    expect(compare([of('/a')], [of('/b')])).toMatchObject({
      route: 'GET /a → GET /b',
      total: { change: 0 },
      warnings: [{ code: 'different-routes' }],
    });
  });

  test('not even a span in common', () => {
    const { warnings } = compare([report(draw('a/x ├┤'))], [report(draw('b/y ├┤'))]);
    expect(warnings.map(({ code }) => code)).toEqual(['different-routes', 'nothing-in-common']);
  });
});
