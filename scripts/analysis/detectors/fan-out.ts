import type { Finding } from '../../model/finding.ts';
import { toMs } from '../../model/units.ts';
import { covered, mostAtOnce } from '../coverage.ts';
import type { Node } from '../node.ts';
import { isInProcess, type Outgoing } from '../outgoing.ts';

/** So many at once are more than most pools and most servers take from one caller. */
const MANY_AT_ONCE = 20;
const MANY = 100;

/** One span that calls very many others, at once or in all: the slowest of them decides, and every one can fail. */
export function findFanOut(calls: readonly Outgoing[]): Finding[] {
  const byParent = Map.groupBy(
    calls.filter(({ node }) => node.parent !== null && !isInProcess(node.span)),
    ({ node }) => node.parent as Node,
  );
  return [...byParent].flatMap(([parent, group]) => {
    if (group.length < MANY_AT_ONCE || isLoop(group)) return [];
    const nodes = group.map(({ node }) => node);
    const together = mostAtOnce(nodes);
    return together >= MANY_AT_ONCE || nodes.length >= MANY ? [describe(parent, nodes, together)] : [];
  });
}

/** Mostly the same call again and again: N+1 speaks of it. */
function isLoop(group: readonly Outgoing[]): boolean {
  const alike = Map.groupBy(group, ({ signature }) => signature);
  return [...alike.values()].some((same) => same.length > group.length / 2);
}

function describe({ span }: Node, nodes: readonly Node[], together: number): Finding {
  const slowest = nodes.reduce((most, node) => (node.end - node.start > most.end - most.start ? node : most));
  return {
    rule: 'fan-out',
    severity: 'info',
    message: `${span.service}: "${span.name}" makes ${nodes.length.toLocaleString('en')} calls, up to ${together} at once; the slowest, ${slowest.span.name}, took ${toMs(slowest.end - slowest.start).toFixed(2)} ms`,
    ms: toMs(covered(nodes)),
    spanIds: [slowest, ...nodes.filter((node) => node !== slowest)].slice(0, 50).map((node) => node.span.spanId),
    next: 'Limit how many run at once, ask for several things in one call, or fetch less.',
  };
}
