import type { Node } from './node.ts';

/** Depth first, siblings by start: the order in which a waterfall is read. */
export function waterfall(roots: readonly Node[]): { node: Node; depth: number }[] {
  const rows: { node: Node; depth: number }[] = [];
  const stack = roots.map((node) => ({ node, depth: 0 })).reverse();
  for (let row = stack.pop(); row; row = stack.pop()) {
    rows.push(row);
    const { children } = row.node;
    for (let last = children.length - 1; last >= 0; last -= 1)
      stack.push({ node: children[last] as Node, depth: row.depth + 1 });
  }
  return rows;
}
