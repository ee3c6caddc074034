import { byStart, type Node } from './node.ts';

/** Depth first, siblings by start: the order in which a waterfall is read. Inferred spans stand among the recorded ones. */
export function waterfall(roots: readonly Node[]): { node: Node; depth: number }[] {
  const rows: { node: Node; depth: number }[] = [];
  const stack = roots.map((node) => ({ node, depth: 0 })).reverse();
  for (let row = stack.pop(); row; row = stack.pop()) {
    rows.push(row);
    const { children, inferred } = row.node;
    const below = inferred.length === 0 ? children : [...children, ...inferred].sort(byStart);
    for (let last = below.length - 1; last >= 0; last -= 1)
      stack.push({ node: below[last] as Node, depth: row.depth + 1 });
  }
  return rows;
}
