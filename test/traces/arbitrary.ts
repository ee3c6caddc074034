import fc from 'fast-check';
import type { Trace } from '../../scripts/model/trace.ts';
import { draw } from './draw.ts';

/** Any spans under any parents: overflowing, overlapping, without a length, in cycles, orphaned, of several services and kinds. */
export function anyTrace(mostSpans = 40): fc.Arbitrary<Trace> {
  const span = fc.record({
    /** Index of the parent; beyond the end: a parent that is not there. */
    parent: fc.option(fc.nat(mostSpans), { freq: 8 }),
    start: fc.nat(50),
    length: fc.oneof(fc.nat(5), fc.nat(50)),
    service: fc.constantFrom('curl', 'nginx', 'app'),
    kind: fc.constantFrom('internal' as const, 'server' as const, 'client' as const),
  });
  const id = (index: number) => (index + 1).toString(16).padStart(16, '0');
  return fc.array(span, { minLength: 1, maxLength: mostSpans }).map((all) => ({
    ...draw(''),
    spans: all.map(({ parent, start, length, service, kind }, index) => ({
      ...(draw('x |').spans[0] as Trace['spans'][number]),
      spanId: id(index),
      parentId: parent === null ? null : id(parent),
      name: `n${index % 4}`,
      kind,
      service,
      resource: { 'service.name': service },
      start: start * 1_000_000,
      end: (start + length) * 1_000_000,
    })),
  }));
}
