import type { Finding } from '../../model/finding.ts';
import { toMs } from '../../model/units.ts';
import { covered, mostAtOnce } from '../coverage.ts';
import type { Node } from '../node.ts';
import { isCeremony, type Outgoing } from '../outgoing.ts';

/** Fewer of the same may be on purpose. */
const LEAST = 5;
/** So many are worth a look even where they cost little today: they grow with the data. */
const MANY = 20;
const LEAST_SHARE = 0.01;
/** Further up than this nobody looks for the loop. */
const HIGHEST = 8;
const KEPT_SPAN_IDS = 50;

/** The same query or request again and again for one piece of work, where one could have asked for all. */
export function findNPlusOne(calls: readonly Outgoing[], total: number): Finding[] {
  const places = new Map<Node, Map<string, Outgoing[]>>();
  const names = new Map<Node, Map<string, number>>();
  for (const call of calls) {
    if (isCeremony(call) || call.kind === 'message') continue;
    const place = placeOfLoop(call.node, names);
    if (!place) continue;
    const alike = places.get(place) ?? new Map<string, Outgoing[]>();
    places.set(place, alike);
    const group = alike.get(call.signature);
    if (group) group.push(call);
    else alike.set(call.signature, [call]);
  }
  return [...places].flatMap(([place, alike]) =>
    [...alike.values()].filter((group) => group.length >= LEAST).map((group) => describe(place, group, total)),
  );
}

/**
 * The span in which the loop runs: the call's parent, or further up, where each turn has a span of its own:
 *
 *     page            page
 *       SELECT          Card
 *       SELECT            SELECT
 *       SELECT          Card
 *                         SELECT
 */
function placeOfLoop(call: Node, names: Map<Node, Map<string, number>>): Node | null {
  let place = call.parent;
  let turn = call.parent;
  for (let height = 0; turn?.parent && height < HIGHEST && isOwnWork(turn); height += 1) {
    if (timesUnder(turn.parent, turn, names) >= LEAST) place = turn.parent;
    turn = turn.parent;
  }
  return place;
}

function isOwnWork({ span }: Node): boolean {
  return span.kind === 'internal' || span.kind === 'unspecified';
}

function timesUnder(parent: Node, child: Node, names: Map<Node, Map<string, number>>): number {
  if (parent.children.length < LEAST) return parent.children.length;
  let counts = names.get(parent);
  if (!counts) {
    counts = new Map();
    for (const { span } of parent.children) counts.set(span.name, (counts.get(span.name) ?? 0) + 1);
    names.set(parent, counts);
  }
  return counts.get(child.span.name) ?? 0;
}

function describe(place: Node, group: readonly Outgoing[], total: number): Finding {
  const nodes = group.map(({ node }) => node);
  const all = covered(nodes);
  const one = nodes.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  const saved = all - one;
  const { span } = nodes[0] ?? place;
  const together = mostAtOnce(nodes);
  const manner = together === 1 ? 'one after the other' : `up to ${together} at once`;
  const serious = saved >= total * LEAST_SHARE || group.length >= MANY;
  return {
    rule: 'n-plus-one',
    severity: serious ? 'warning' : 'info',
    message: `${span.service}: ${group.length} × ${span.name} for "${place.span.name}", ${manner}: ${toMs(all).toFixed(2)} ms, where a single one takes ${toMs(one).toFixed(2)} ms`,
    ms: toMs(saved),
    spanIds: nodes.slice(0, KEPT_SPAN_IDS).map((node) => node.span.spanId),
    next:
      group[0]?.kind === 'query'
        ? 'Ask once for all of them: WHERE … IN (…), a JOIN, or the eager loading of the ORM.'
        : 'Ask once for all of them: an endpoint that takes a list, or a loader that collects the calls of a moment.',
  };
}
