import type { Report } from '../report/schema.ts';
import type { Row } from './fold.ts';
import { shareExplained } from './inferred.ts';

export type Gap = Report['gaps'][number];

/** What a line of the waterfall shows. */
export type Line = { kind: 'span'; row: Row; depth: number } | { kind: 'gap'; gap: Gap; text: string; depth: number };

/** A smaller part of the total is not worth a line. */
const LEAST_SHARE = 0.05;
/** A gap that functions fill is none. */
const MOST_EXPLAINED = 0.5;

/** Rows with the gaps of their spans between them: each before the child that ends it, or behind the last child. */
export function placeGaps(rows: readonly Row[], report: Report): Line[] {
  const shown = rows.map(({ span }) => span);
  const worth = report.gaps.filter(
    (gap) => gap.durationMs >= report.totalMs * LEAST_SHARE && shareExplained(gap, shown) < MOST_EXPLAINED,
  );
  const gapsOf = Map.groupBy(worth, (gap) => gap.spanId);
  const lines: Line[] = [];
  /** Spans whose children are being listed, with their gaps still to be placed. */
  const open: { depth: number; gaps: Gap[] }[] = [];
  const close = (depth: number) => {
    for (let last = open.at(-1); last && last.depth >= depth; last = open.at(-1)) {
      open.pop();
      lines.push(...last.gaps.map((gap) => gapLine(gap, last.depth)));
    }
  };
  for (const row of rows) {
    const { depth } = row.span;
    close(depth);
    const parent = open.at(-1);
    while (parent?.gaps[0] && parent.depth === depth - 1 && parent.gaps[0].startMs < row.startMs) {
      lines.push(gapLine(parent.gaps.shift() as Gap, parent.depth));
    }
    lines.push({ kind: 'span', row, depth });
    open.push({ depth, gaps: row.times === 1 ? [...(gapsOf.get(row.span.id) ?? [])] : [] });
  }
  close(0);
  return lines;
}

function gapLine(gap: Gap, parentDepth: number): Line {
  return { kind: 'gap', gap, text: describe(gap), depth: parentDepth + 1 };
}

function describe({ before, after }: Gap): string {
  if (before && after) return `(between ${before.name} and ${after.name})`;
  if (before) return `(after ${before.name})`;
  return `(before ${after?.name})`;
}
