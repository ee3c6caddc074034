import type { Report, ReportSpan } from '../report/schema.ts';

/** One row of the waterfall: a span, or several of one name under one parent. */
export interface Row {
  /** The first of them. */
  span: ReportSpan;
  /** How many siblings of this name the row stands for. */
  times: number;
  startMs: number;
  /** From the first start to the last end. */
  lengthMs: number;
  /** Sum of the siblings. */
  durationMs: number;
  /** Sum of the siblings. */
  selfMs: number;
  onCriticalPath: boolean;
  error: boolean;
  /** All spans that the row hides, and its own. */
  spanIds: string[];
}

/** More siblings of one name than this become one row, once the rows are too many. */
const MOST_ALIKE = 3;

/** A waterfall that a screen can hold: all spans where they are few, else siblings of one name as one row, and the longest of the rows. */
export function foldSpans(spans: Report['spans'], mostRows: number): Row[] {
  if (spans.length <= mostRows) return spans.map((span) => rowOf(span, 1));
  const rows = foldSiblings(spans);
  if (rows.length <= mostRows) return rows;
  const longest = new Set(
    rows.toSorted((a, b) => b.durationMs - a.durationMs || a.span.depth - b.span.depth).slice(0, mostRows),
  );
  return rows.filter((row) => longest.has(row));
}

function foldSiblings(spans: Report['spans']): Row[] {
  const groups = groupSiblings(spans);
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);

  const rows: Row[] = [];
  const folded = new Map<number, Row>();
  let inside: { row: Row; depth: number } | null = null;
  spans.forEach((span, index) => {
    if (inside && span.depth > inside.depth) {
      inside.row.spanIds.push(span.id);
      return;
    }
    inside = null;
    const group = groups[index] ?? 0;
    const size = sizes.get(group) ?? 1;
    let row = folded.get(group);
    if (row) extend(row, span);
    else {
      row = rowOf(span, size > MOST_ALIKE ? size : 1);
      rows.push(row);
    }
    if (size > MOST_ALIKE) {
      folded.set(group, row);
      inside = { row, depth: span.depth };
    }
  });
  return rows;
}

/** A key for each span that it shares with its siblings of the same service and name: a number, of which a million cost little. */
function groupSiblings(spans: Report['spans']): number[] {
  const names = new Map<string, Map<string, number>>();
  let count = 0;
  const numbers = spans.map(({ service, name }) => {
    const ofService = names.get(service) ?? new Map<string, number>();
    const known = ofService.get(name);
    if (known !== undefined) return known;
    if (ofService.size === 0) names.set(service, ofService);
    ofService.set(name, count);
    return count++;
  });
  const latest: number[] = [];
  return spans.map(({ depth }, index) => {
    latest[depth] = index;
    const parent = depth === 0 ? 0 : (latest[depth - 1] ?? 0) + 1;
    return parent * count + (numbers[index] ?? 0);
  });
}

function rowOf(span: ReportSpan, times: number): Row {
  const { startMs, durationMs, selfMs, onCriticalPath } = span;
  return {
    span,
    times,
    startMs,
    lengthMs: durationMs,
    durationMs,
    selfMs,
    onCriticalPath,
    error: span.error !== null,
    spanIds: [span.id],
  };
}

function extend(row: Row, span: ReportSpan): void {
  row.lengthMs = Math.max(row.lengthMs, span.startMs + span.durationMs - row.startMs);
  row.durationMs += span.durationMs;
  row.selfMs += span.selfMs;
  row.onCriticalPath ||= span.onCriticalPath;
  row.error ||= span.error !== null;
  row.spanIds.push(span.id);
}
