import type { ReportSpan } from '../schema.ts';

/** A span of a report with those beneath it. */
export interface Nested {
  span: ReportSpan;
  /** By start. */
  children: Nested[];
}

/**
 * A report lists its spans depth first: each belongs to the last one before it that is less deep. Inferred spans are left out: which
 * functions a sample has met differs from one trace to the next; the accounting says what they come to.
 */
export function nest(spans: readonly ReportSpan[]): Nested[] {
  const roots: Nested[] = [];
  const open: Nested[] = [];
  for (const span of spans) {
    if (span.attributes['onetrace.inferred'] === true) continue;
    const node = { span, children: [] };
    open.length = Math.min(open.length, span.depth);
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return roots;
}
