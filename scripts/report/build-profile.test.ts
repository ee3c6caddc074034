import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { draw } from '../../test/traces/draw.ts';
import { profiledTraces, profileOf } from '../../test/traces/profiled.ts';
import { anySampledTrace } from '../../test/traces/samples.ts';
import { type FlameFrame, profileSchema } from './profile.ts';

describe('a page with two speeds', () => {
  const profile = profileOf(profiledTraces(), { failed: 1, concurrency: 2 });

  test('its functions: mean, spread, and what the slow half has more of', () => {
    const rows = profile.functions.map(({ kind, name, caller, meanMs, p50Ms, p95Ms, fastMs, slowMs, samples }) =>
      [kind, name, caller, meanMs, p50Ms, p95Ms, fastMs, slowMs, samples].join(' | '),
    );
    expect(rows).toEqual([
      'cpu | app: toHtml (shiki) | highlight src/highlight.ts:12 | 13 | 13 | 18 | 8 | 18 | 72',
      'unknown | app: GET /icons/ |  | 4 | 4 | 4 | 4 | 4 | 0',
      'network | nginx ↔ app |  | 3 | 3 | 3 | 3 | 3 | 0',
      'cpu | app: highlight |  | 2 | 2 | 2 | 2 | 2 | 12',
      'cpu | app: SELECT icon (SQLite, in the process) |  | 2 | 2 | 2 | 2 | 2 | 0',
      'gc | app: garbage collection |  | 1 | 1 | 2 | 0 | 2 | 4',
    ]);
  });

  test('its totals, kinds, and whose code it was', () => {
    expect(profile.totalMs).toEqual({ min: 19, p50: 25, p95: 31, max: 31, mean: 25 });
    const shares = (rows: typeof profile.owners) => rows.map(({ name, meanMs, share }) => [name, meanMs, share]);
    expect(shares(profile.categories)).toEqual([
      ['cpu', 17, 0.68],
      ['unknown', 4, 0.16],
      ['network', 3, 0.12],
      ['gc', 1, 0.04],
    ]);
    expect(shares(profile.owners)).toEqual([
      ['shiki', 13, 0.52],
      ['your own', 2, 0.08],
    ]);
    expect([profile.requests, profile.failed, profile.concurrency, profile.samples]).toEqual([4, 1, 2, 88]);
  });

  test('its flame graph: spans, below them functions', () => {
    const lines = (frame: FlameFrame, depth = 0): string[] => [
      `${'  '.repeat(depth)}${frame.kind} ${frame.name} ${frame.valueMs}${frame.samples ? ` ≈${frame.samples}` : ''}`,
      ...frame.children.flatMap((child) => lines(child, depth + 1)),
    ];
    expect(lines(profile.flame)).toEqual([
      'span 4 × GET http://127.0.0.1:8080/icons/ 100',
      '  span nginx: GET 100',
      '    span app: GET /icons/ 88',
      '      cpu highlight 60 ≈84',
      '        cpu toHtml 52 ≈72',
      '      unknown app: GET /icons/ 16',
      '      span app: SELECT icon 8',
      '        cpu app: SELECT icon (SQLite, in the process) 8',
      '      gc garbage collection 4 ≈4',
      '    network nginx ↔ app 12',
    ]);
  });

  test('the requests worth a look', () => {
    expect(profile.reports.map(({ label, report }) => [label, report.traceId[0], report.totalMs])).toEqual([
      ['median request', '3', 19],
      ['slowest request', '4', 31],
    ]);
  });
});

test('one request has no halves, and is its own median', () => {
  const profile = profileOf(profiledTraces().slice(0, 1));
  expect(profile.functions.every(({ fastMs, slowMs, meanMs }) => fastMs === meanMs && slowMs === meanMs)).toBe(true);
  expect(profile.reports.map(({ label }) => label)).toEqual(['median request']);
});

test('any requests: means add up, frames hold what is below them, and the published schema is kept', () => {
  const validate = new Ajv2020({ strict: false }).compile(z.toJSONSchema(profileSchema, { reused: 'ref' }));
  fc.assert(
    fc.property(fc.array(anySampledTrace(), { minLength: 1, maxLength: 5 }), (traces) => {
      const profile = profileOf(traces);
      const means = profile.functions.reduce((sum, { meanMs }) => sum + meanMs, 0);
      expect(means).toBeCloseTo(profile.totalMs.mean, 6);
      expect(profile.flame.valueMs).toBeCloseTo(profile.totalMs.mean * traces.length, 6);
      expect(allHold(profile.flame)).toBe(true);
      validate(JSON.parse(JSON.stringify(profile)));
      expect(validate.errors).toBeNull();
    }),
    { numRuns: 50 },
  );
});

function allHold({ valueMs, children }: FlameFrame): boolean {
  const below = children.reduce((sum, child) => sum + child.valueMs, 0);
  return below <= valueMs + 1e-6 && children.every(allHold);
}

describe('the profiler', () => {
  const codes = (traces: Parameters<typeof profileOf>[0]) => profileOf(traces).warnings.map(({ code }) => code);
  const bare = draw('app/GET ├───┤', { GET: { kind: 'server' } });
  const refused = draw('app/GET ├───┤', {
    GET: { kind: 'server', attributes: { 'onetrace.profile.unavailable': 'Bun has no V8 profiler' } },
  });

  test('was there: nothing to say', () => expect(codes(profiledTraces())).toEqual([]));

  test('is not offered', () => expect(codes([bare, bare])).toEqual(['not-profiled']));

  test('was there for some of the requests', () => {
    expect(profileOf([...profiledTraces(), bare]).warnings[0]?.message).toMatch(
      /^1 of 5 requests came without samples/,
    );
  });

  test('cannot run, and says why', () => {
    const { warnings, functions } = profileOf([refused, refused]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'app gave no samples: Bun has no V8 profiler (2 of 2 requests)',
    ]);
    expect(functions.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['unknown app: GET']);
  });

  test('of a worker is not that of the app', () => {
    const late = draw('app/worker.run ├───┤', {
      'worker.run': { attributes: { 'onetrace.profile.unavailable': 'it was not running' } },
    });
    expect(profileOf([late]).warnings[0]?.message).toBe('a worker of app gave no samples: it was not running');
  });
});
