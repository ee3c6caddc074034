import type { Report, ReportSpan } from '../../../../report/schema.ts';

/** A span in its place in the waterfall. */
export interface Row {
  span: ReportSpan;
  index: number;
  /** Index of the parent; -1: a root. */
  parent: number;
  /** Index of the first row after everything below this one. */
  end: number;
  /** Its place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
}

export const isLeaf = ({ index, end }: Row): boolean => end === index + 1;

/** The spans come depth first, which with their depth is the whole tree. */
export function toRows(spans: Report['spans']): Row[] {
  const rows: Row[] = [];
  /** The rows above the current one, one a depth. */
  const open: Row[] = [];
  const families = new Map<number, Row[]>();
  const close = (depth: number) => {
    for (const row of open.splice(depth)) row.end = rows.length;
  };
  for (const span of spans) {
    close(span.depth);
    const parent = open[span.depth - 1]?.index ?? -1;
    const family = families.get(parent) ?? [];
    const row: Row = { span, index: rows.length, parent, end: -1, position: family.length + 1, siblings: 0 };
    family.push(row);
    families.set(parent, family);
    rows.push(row);
    open[span.depth] = row;
  }
  close(0);
  for (const family of families.values()) for (const row of family) row.siblings = family.length;
  return rows;
}

/** The rows that are not below a collapsed one. */
export function visibleRows(rows: readonly Row[], collapsed: ReadonlySet<string>, criticalOnly: boolean): Row[] {
  const visible: Row[] = [];
  for (let row = rows[0]; row; ) {
    if (!criticalOnly || row.span.onCriticalPath) visible.push(row);
    row = rows[collapsed.has(row.span.id) ? row.end : row.index + 1];
  }
  return visible;
}

/** The rows above a row, the nearest first. */
export function ancestors(rows: readonly Row[], row: Row): Row[] {
  const found: Row[] = [];
  for (let above = rows[row.parent]; above; above = rows[above.parent]) found.push(above);
  return found;
}

/** The match after (or before) a row, going round at the end. */
export function step(matches: readonly Row[], from: number, direction: 1 | -1): Row | undefined {
  if (direction === 1) return matches.find(({ index }) => index > from) ?? matches[0];
  return matches.findLast(({ index }) => index < from) ?? matches.at(-1);
}
