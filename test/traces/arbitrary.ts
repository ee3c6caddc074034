import fc from 'fast-check';
import type { Trace } from '../../scripts/model/trace.ts';
import { draw } from './draw.ts';

/** Spans as one thread leaves them: each within its parent, and siblings one after the other. */
export function oneThread(): fc.Arbitrary<Trace> {
  const choices = fc.record({ parent: fc.nat(), pause: fc.nat(5), length: fc.nat(60) });
  return fc.array(choices, { minLength: 1, maxLength: 40 }).map((all) => {
    const [blank] = draw('x |').spans as [Trace['spans'][number]];
    const spans: Trace['spans'] = [];
    const free: number[] = [];
    for (const [index, { parent, pause, length }] of all.entries()) {
      const above = index === 0 ? null : parent % index;
      const start = above === null ? 0 : Math.min((free[above] ?? 0) + pause, spans[above]?.end ?? 0);
      const end = above === null ? 1000 : Math.min(start + length, spans[above]?.end ?? 0);
      if (above !== null) free[above] = end;
      free.push(start);
      const parentId = above === null ? null : `s${above}`;
      spans.push({ ...blank, spanId: `s${index}`, parentId, name: `n${index}`, start, end });
    }
    return { ...draw(''), spans };
  });
}

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
