import fc from 'fast-check';
import type { Span, Trace } from '../../scripts/model/trace.ts';
import { anyTrace } from './arbitrary.ts';
import { draw } from './draw.ts';

interface Code {
  /** `file:line` */
  at?: string;
  /** `app`, `astro`, `node`, or a package's name: of a library. */
  of?: string;
  samples?: number;
}

/** The details of a span that the profiler has drawn from samples: of a function, unless `kind` says otherwise. */
export function sampled(
  { at, of, samples = 1 }: Code = {},
  kind: 'cpu' | 'gc' | 'blocked' | 'wait' = 'cpu',
): Partial<Span> {
  const [, file, line] = at?.match(/^(.*):(\d+)$/) ?? [];
  const library = of !== undefined && !['app', 'astro', 'node'].includes(of);
  return {
    scope: { name: '@onetrace/instrumentation/profiler', version: '' },
    attributes: {
      'onetrace.inferred': true,
      'onetrace.samples': samples,
      'onetrace.kind': kind,
      ...(file === undefined ? {} : { 'code.file.path': file }),
      ...(line === undefined ? {} : { 'code.line.number': Number(line) }),
      ...(of === undefined ? {} : { 'onetrace.origin': library ? 'library' : of }),
      ...(library ? { 'onetrace.library': of } : {}),
    },
  };
}

/** Any trace with anything drawn from samples in it: under any span or under one another, in any place, of any kind. */
export function anySampledTrace(): fc.Arbitrary<Trace> {
  const inferred = fc.record({
    parent: fc.nat(60),
    start: fc.nat(60),
    length: fc.nat(30),
    kind: fc.constantFrom('cpu' as const, 'gc' as const, 'blocked' as const, 'wait' as const),
    of: fc.constantFrom(undefined, 'app', 'astro', 'node', 'shiki'),
  });
  const id = (index: number) => (index + 1).toString(16).padStart(16, '0');
  return fc.tuple(anyTrace(20), fc.array(inferred, { maxLength: 30 })).map(([trace, all]) => {
    const spans = all.map(
      ({ parent, start, length, kind, of }, index): Span => ({
        ...(draw('x |').spans[0] as Span),
        ...sampled({ at: `f${index % 3}.ts:1`, samples: 1 + (index % 4), ...(of === undefined ? {} : { of }) }, kind),
        spanId: id(100 + index),
        // Of a recorded span or, above 20, of another inferred one, which may be itself.
        parentId: id(parent < 20 ? parent : 80 + parent),
        name: `f${index % 5}`,
        start: start * 1_000_000,
        end: (start + length) * 1_000_000,
      }),
    );
    const profiled = { 'onetrace.profile.samples': 9, 'onetrace.profile.interval_us': 2000 };
    const recorded = trace.spans.map((span, index) => (index % 3 === 0 ? { ...span, attributes: profiled } : span));
    return { ...trace, spans: [...recorded, ...spans] };
  });
}
