import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../../test/traces/arbitrary.ts';
import { draw } from '../../../test/traces/draw.ts';
import type { Trace } from '../../model/trace.ts';
import { buildReport } from '../build.ts';
import { alignReports, type Place, pathTo } from './align.ts';

const report = (trace: Trace) => buildReport({ trace, request: null, warnings: [] });
const align = (...drawings: string[]) => alignReports(drawings.map((drawing) => report(draw(drawing))));

/** `  query #2: 3, -`: a line for each place, with its duration in each trace. */
const drawn = (places: Place[]) =>
  places.map(({ depth, name, ordinal, folded, samples }) => {
    const values = samples.map((sample) => sample?.durationMs ?? '-').join(', ');
    return `${'  '.repeat(depth)}${folded ? '* ' : ''}${name}${ordinal === null ? '' : ` #${ordinal}`}: ${values}`;
  });

describe('places', () => {
  test('service, name and the way from the root', () => {
    const places = align(
      `
      GET        ├───────────┤
        load      ├──┤
          query   ├┤
        render         ├───┤
          query        ├─┤
      `,
      `
      GET        ├─────────────┤
        load      ├──┤
          query   ├┤
        render         ├─────┤
          query        ├───┤
      `,
    );
    expect(drawn(places)).toEqual([
      'GET: 12, 14',
      '  load: 3, 3',
      '    query: 1, 1',
      '  render: 4, 6',
      '    query: 2, 4',
    ]);
    expect(pathTo(places[4] as Place)).toEqual(['app: GET', 'app: render', 'app: query']);
  });

  test('equals are told apart by their order', () => {
    const places = align(
      `
      GET        ├───────────┤
        query     ├┤
        query       ├──┤
      `,
      `
      GET        ├───────────┤
        query     ├┤
        query       ├──┤
        query           ├─┤
      `,
    );
    expect(drawn(places)).toEqual(['GET: 12, 12', '  query #1: 1, 1', '  query #2: 3, 3', '  query #3: -, 2']);
  });

  test('many equals are one place, in every trace, with what is beneath them', () => {
    const places = align(
      `
      GET        ├─────────────┤
        task      ├┤
        task        ├┤
        task          ├─┤
          query       ├┤
        task             ├┤
      `,
      `
      GET        ├───────────┤
        task      ├──┤
          query   ├─┤
      `,
    );
    expect(drawn(places)).toEqual(['GET: 14, 12', '  * task: 5, 3', '    query: 1, 2']);
    expect(places[1]?.samples.map((sample) => sample?.spans)).toEqual([4, 1]);
  });

  test('another service is another place', () => {
    expect(drawn(align('a/GET ├──┤', 'b/GET ├──┤'))).toEqual(['GET: 3, -', 'GET: -, 3']);
  });
});

test('what samples have inferred is no place: it differs from one trace to the next', () => {
  const trace = draw(
    `
    GET          ├───────────┤
      render      ├────────┤
        icon()     ├──┤
        svg()          ├──┤
      write                 ├┤
    `,
    {
      'icon()': { attributes: { 'onetrace.inferred': true } },
      'svg()': { attributes: { 'onetrace.inferred': true } },
    },
  );
  expect(drawn(alignReports([report(trace)])).map((line) => line.trim().split(':')[0])).toEqual([
    'GET',
    'render',
    'write',
  ]);
});

test('names of a megabyte do not multiply', () => {
  const trace = draw('a ├────┤\n  b ├──┤', { a: { name: 'x'.repeat(1e6) } });
  const [, below] = alignReports([report(trace)]);
  expect(pathTo(below as Place)).toEqual([`app: ${'x'.repeat(195)}`, 'app: b']);
});

describe('for any traces', () => {
  test('every span is in one place, and the critical path adds up to the total', () => {
    fc.assert(
      fc.property(fc.array(anyTrace(), { minLength: 1, maxLength: 4 }), (traces) => {
        const reports = traces.map(report);
        const places = alignReports(reports);
        reports.forEach((each, trace) => {
          const samples = places.flatMap(({ samples: all }) => all[trace] ?? []);
          expect(samples.reduce((sum, { spans }) => sum + spans, 0)).toBe(each.spans.length);
          expect(samples.reduce((sum, { pathMs }) => sum + pathMs, 0)).toBeCloseTo(each.totalMs, 5);
        });
      }),
    );
  });

  test('a trace beside itself is the same everywhere', () => {
    fc.assert(
      fc.property(anyTrace(), (trace) => {
        for (const { samples } of alignReports([report(trace), report(trace)])) expect(samples[0]).toEqual(samples[1]);
      }),
    );
  });
});

test('a chain of 5,000 spans is no deeper than others', () => {
  const chain = draw('');
  const [blank] = draw('step ├┤').spans;
  chain.spans = Array.from({ length: 5000 }, (_, index) => ({
    ...(blank as Trace['spans'][number]),
    spanId: String(index).padStart(16, '0'),
    parentId: index === 0 ? null : String(index - 1).padStart(16, '0'),
  }));
  const places = alignReports([report(chain), report(chain)]);
  expect(places).toHaveLength(5000);
  expect(pathTo(places.at(-1) as Place)).toHaveLength(50);
});
