import { type Notes, quote } from './notes.ts';
import type { Draft } from './times.ts';

/**
 * Exporters deliver at least once, so the same span may arrive twice: one is dropped. Different spans under one id (a broken id
 * generator, or client and server sharing an id) are all kept; children belong to the first.
 */
export function makeIdsUnique(drafts: readonly Draft[], notes: Notes): Draft[] {
  const firsts = new Map<string, Draft>();
  const counts = new Map<Draft, number>();
  return drafts.filter((draft) => {
    const { span } = draft;
    const first = firsts.get(span.spanId);
    if (!first) {
      firsts.set(span.spanId, draft);
      return true;
    }
    if (isSame(first, draft)) {
      notes.add('duplicate-span', `${quote(span.name)} of ${span.service} came twice; one was dropped`, span.spanId);
      return false;
    }
    notes.add(
      'duplicate-id',
      `two different spans carry the id ${span.spanId}; the second is shown with # behind its id`,
      span.spanId,
    );
    const count = (counts.get(first) ?? 1) + 1;
    counts.set(first, count);
    span.spanId = `${span.spanId}#${count}`;
    return true;
  });
}

function isSame(a: Draft, b: Draft): boolean {
  return a.span.name === b.span.name && a.span.kind === b.span.kind && a.startNs === b.startNs && a.endNs === b.endNs;
}
