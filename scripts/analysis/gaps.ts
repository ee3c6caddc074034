import type { Node } from './node.ts';

/** A stretch of a span in which none of its children was running. Times: ns since the trace's epoch. */
export interface Gap {
  start: number;
  end: number;
  /** The child that ended where the gap begins; null: the gap begins with the span. */
  before: Node | null;
  /** The child that starts where the gap ends; null: the gap ends with the span. */
  after: Node | null;
}

/** ns in which the span was running, and none of its children. */
export function selfTime(node: Node): number {
  if (node.children.length === 0) return node.end - node.start;
  let sum = 0;
  eachGap(node, (start, end) => {
    sum += end - start;
  });
  return sum;
}

/** The gaps of a span between, before and after its children. A span without children has none: all of it is its own. */
export function findGaps(node: Node, shortest: number): Gap[] {
  if (!node.children.some((child) => child.awaited)) return [];
  const gaps: Gap[] = [];
  eachGap(node, (start, end, before, after) => {
    if (end - start >= shortest) gaps.push({ start, end, before, after });
  });
  return gaps;
}

/**
 * What remains of a span without the children that it may have waited for. Children may overlap one another, and overflow the span:
 *
 *     span    ├────────────────────────┤
 *     a     ├───┤
 *     b             ├─────┤
 *     c                ├─────┤
 *     gaps       ├──┤        ├─────────┤
 */
function eachGap(
  node: Node,
  visit: (start: number, end: number, before: Node | null, after: Node | null) => void,
): void {
  let covered = node.start;
  let before: Node | null = null;
  for (const child of node.children) {
    const outside = child.end < node.start || child.start > node.end;
    if (outside || child.end < covered || !child.awaited) continue;
    if (child.start > covered) visit(covered, child.start, before, child);
    covered = Math.min(child.end, node.end);
    before = child;
  }
  if (covered < node.end) visit(covered, node.end, before, null);
}
