import type { Node } from './node.ts';

/** ns in which at least one of the nodes was running, wherever they overlap. */
export function covered(nodes: readonly Node[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end } of nodes.toSorted((a, b) => a.start - b.start)) {
    if (end <= until) continue;
    sum += end - Math.max(start, until);
    until = end;
  }
  return sum;
}

/** How many of the nodes were running at once, at most. One that ends exactly where another starts is not beside it. */
export function mostAtOnce(nodes: readonly Node[]): number {
  const ends = nodes.map(({ end }) => end).sort((a, b) => a - b);
  let most = 0;
  let ended = 0;
  nodes
    .toSorted((a, b) => a.start - b.start)
    .forEach(({ start }, index) => {
      for (let end = ends[ended]; end !== undefined && end <= start && ended < index; end = ends[ended]) ended += 1;
      most = Math.max(most, index + 1 - ended);
    });
  return most;
}
