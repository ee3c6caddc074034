import type { Finding } from '../../model/finding.ts';
import { NS_PER_MS, toMs } from '../../model/units.ts';
import type { Node } from '../node.ts';
import { isCeremony, isInProcess, type Outgoing } from '../outgoing.ts';

/** Less is not worth the change. */
const LEAST_SHARE = 0.1;
const LEAST_MS = 5;
/** Of a call's length: a longer pause before the next is work, which may well have needed the answer. */
const LONGEST_PAUSE = 0.2;

/**
 * Different calls under one span, each begun as soon as the one before it has ended, as `await a(); await b();` does. Whether b needs
 * what a answered no trace can tell.
 *
 *     page   ├─────────────────┤
 *      a      ├───────┤
 *      b               ├──────┤        at once: 8 instead of 15
 */
export function findSequentialCalls(calls: readonly Outgoing[], total: number): Finding[] {
  const apart = calls.filter(
    (call) => call.kind === 'request' || (call.kind === 'query' && !isInProcess(call.node.span)),
  );
  const byParent = Map.groupBy(
    apart.filter((call) => !isCeremony(call) && call.node.parent !== null && call.node.awaited),
    (call) => call.node.parent as Node,
  );
  return [...byParent].flatMap(([parent, group]) =>
    chains(group).flatMap((chain) => describe(parent, chain, total) ?? []),
  );
}

function chains(group: readonly Outgoing[]): Outgoing[][] {
  const all: Outgoing[][] = [];
  let latest: Outgoing | null = null;
  for (const call of group.toSorted((a, b) => a.node.start - b.node.start)) {
    if (latest && follows(latest.node, call.node)) all.at(-1)?.push(call);
    else all.push([call]);
    if (!latest || call.node.end > latest.node.end) latest = call;
  }
  return all;
}

function follows(before: Node, after: Node): boolean {
  const pause = after.start - before.end;
  return pause >= 0 && pause <= Math.max(NS_PER_MS, (before.end - before.start) * LONGEST_PAUSE);
}

/** One call after the other of the same signature is a loop, and N+1 speaks of it. */
function describe(parent: Node, chain: readonly Outgoing[], total: number): Finding | null {
  const different = new Map(chain.map((call) => [call.signature, call]));
  if (different.size < 2 || chain.length > different.size * 2) return null;
  const lengths = chain.map(({ node }) => node.end - node.start);
  const sum = lengths.reduce((all, length) => all + length, 0);
  const saved = sum - lengths.reduce((most, length) => Math.max(most, length), 0);
  if (saved < total * LEAST_SHARE || saved < LEAST_MS * NS_PER_MS) return null;
  const names = [...different.values()].slice(0, 4).map(({ node }) => node.span.name);
  const more = different.size > names.length ? `, and ${different.size - names.length} more` : '';
  return {
    rule: 'sequential-calls',
    severity: 'info',
    message: `${parent.span.service}: "${parent.span.name}" makes ${chain.length} calls one after the other (${names.join(', ')}${more}): ${toMs(sum).toFixed(2)} ms, where all at once would take ${toMs(sum - saved).toFixed(2)} ms`,
    ms: toMs(saved),
    spanIds: chain.slice(0, 50).map(({ node }) => node.span.spanId),
    next: 'Where a call does not need the answer of the one before it, start them together (Promise.all, asyncio.gather).',
  };
}
