import type { ReportSpan } from '../schema.ts';

/** A span of a report with those beneath it. */
export interface Nested {
  span: ReportSpan;
  /** By start. */
  children: Nested[];
}

/** A report lists its spans depth first: each belongs to the last one before it that is less deep. */
export function nest(spans: readonly ReportSpan[]): Nested[] {
  const roots: Nested[] = [];
  const open: Nested[] = [];
  for (const span of spans) {
    const node = { span, children: [] };
    open.length = Math.min(open.length, span.depth);
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return roots;
}
