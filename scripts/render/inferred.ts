import type { Report, ReportSpan } from '../report/schema.ts';

/** Less of the total is not where the time went. */
const LEAST_SHARE = 0.02;
const NEARLY_ALL = 0.95;

/**
 * Spans without those drawn from samples that explain little: what remains are the app's own functions, the entries of libraries and
 * whatever took time itself. Those below what is left out move up.
 */
export function withoutTrifles({ spans, totalMs }: Pick<Report, 'spans' | 'totalMs'>): ReportSpan[] {
  if (spans.every(({ samples }) => samples === null)) return spans;
  const least = totalMs * LEAST_SHARE;
  const kept: ReportSpan[] = [];
  /** Of the span whose children are being listed, at each depth. */
  const ancestors: { span: ReportSpan; depth: number }[] = [];
  spans.forEach((span, index) => {
    ancestors.length = Math.min(ancestors.length, span.depth);
    const parent = ancestors.at(-1);
    const depth = parent ? parent.depth + 1 : span.depth;
    const matters = span.samples === null || (explains(span, parent?.span, least) && !onlyPassesOn(spans, index));
    if (matters) kept.push(depth === span.depth ? span : { ...span, depth });
    ancestors.push({ span, depth: matters ? depth : depth - 1 });
  });
  return kept;
}

/** Of the app's own functions that do nothing but call the next, the last one is worth a row. */
function onlyPassesOn(spans: readonly ReportSpan[], index: number): boolean {
  const span = spans[index] as ReportSpan;
  if (span.attributes['onetrace.origin'] !== 'app') return false;
  for (let at = index + 1; (spans[at]?.depth ?? 0) > span.depth; at += 1) {
    const child = spans[at] as ReportSpan;
    const own = child.depth === span.depth + 1 && child.attributes['onetrace.origin'] === 'app';
    if (own && child.durationMs >= span.durationMs * NEARLY_ALL) return true;
  }
  return false;
}

/** How much of a stretch is explained by spans drawn from samples that are shown, from 0 to 1. */
export function shareExplained(
  { startMs, durationMs }: Pick<ReportSpan, 'startMs' | 'durationMs'>,
  shown: readonly ReportSpan[],
): number {
  const drawn = shown.filter(({ samples }) => samples !== null);
  let covered = 0;
  let cursor = startMs;
  for (const span of drawn.toSorted((a, b) => a.startMs - b.startMs)) {
    const from = Math.max(cursor, span.startMs);
    const to = Math.min(startMs + durationMs, span.startMs + span.durationMs);
    if (to > from) {
      covered += to - from;
      cursor = to;
    }
  }
  return durationMs === 0 ? 0 : covered / durationMs;
}

function explains(span: ReportSpan, parent: ReportSpan | undefined, least: number): boolean {
  if (span.durationMs < least) return false;
  const origin = (of: ReportSpan | undefined) => of?.attributes['onetrace.origin'];
  const library = (of: ReportSpan | undefined) => of?.attributes['onetrace.library'];
  if (origin(span) === 'app') return true;
  if (origin(span) === 'library' && library(parent) !== library(span)) return true;
  return span.selfMs >= least;
}
