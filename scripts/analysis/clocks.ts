import type { Warning } from '../model/trace.ts';
import { NS_PER_MS } from '../model/units.ts';
import type { Node } from './node.ts';

/** nginx cuts its times to whole ms: two clocks that agree may seem to differ by this much. */
const RESOLUTION = NS_PER_MS;

/**
 * Clocks of two hosts rarely agree, yet a server's work lies within the call that caused it. Where a server span from another clock
 * leaves its caller's envelope, its clock is moved by the least that brings it back, with all the spans of that clock beneath it:
 *
 *     caller       ├──────────────┤            caller       ├──────────────┤
 *     server   ├──────────┤            →       server       ├──────────┤
 *       query    ├──┤                            query        ├──┤
 *
 * A server span longer than its caller (who gave up waiting, say) is moved only if it begins too early, and never cut. So is whatever
 * nobody waits for, such as a message: it may be taken long after it was sent, but not before.
 */
export function alignClocks(roots: readonly Node[]): Warning[] {
  const skews: { node: Node; skew: number }[] = [];
  const offsets = new Map<Node, number>();
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const inherited = (node.parent && offsets.get(node.parent)) ?? 0;
    const offset = offsetOf(node, inherited);
    node.start += offset;
    node.end += offset;
    if (offset !== 0) offsets.set(node, offset);
    if (Math.abs(offset) > RESOLUTION && Math.abs(offset - inherited) > RESOLUTION)
      skews.push({ node, skew: offset - inherited });
    for (const child of node.children) stack.push(child);
  }
  return describe(skews);
}

/** By how much the node's clock is moved; its parent has been moved already, by `inherited`. */
function offsetOf(node: Node, inherited: number): number {
  const { parent } = node;
  // What lies within its caller stays where it is, whosever clock it has.
  if (inherited === 0 && parent && node.start >= parent.start && node.end <= parent.end) return 0;
  if (!parent || sameClock(parent, node)) return inherited;
  const isCall = node.span.kind === 'server' && node.awaited;
  // Who agrees with a caller that was moved goes with it; but a caller moved for its coarse times only says nothing of others.
  const candidates = Math.abs(inherited) > RESOLUTION ? [inherited, 0] : [0, inherited];
  const fits = (offset: number) => node.start + offset >= parent.start && (!isCall || node.end + offset <= parent.end);
  return candidates.find(fits) ?? leastMove(parent, node);
}

function leastMove(parent: Node, node: Node): number {
  const early = parent.start - node.start;
  if (early > 0) return early;
  const late = node.end - parent.end;
  return late <= -early ? -late : 0;
}

function describe(skews: readonly { node: Node; skew: number }[]): Warning[] {
  return [...Map.groupBy(skews, ({ node }) => node.span.service)].map(([service, all]) => {
    const worst = all.reduce((most, { skew }) => (Math.abs(skew) > Math.abs(most) ? skew : most), 0);
    const direction = worst > 0 ? 'behind' : 'ahead of';
    const ms = (Math.abs(worst) / NS_PER_MS).toFixed(1);
    const message = `the clock of ${service} seems to be up to ${ms} ms ${direction} its caller's; its spans were moved into the call`;
    return { code: 'clock-skew', message, spanIds: all.slice(0, 20).map(({ node }) => node.span.spanId) };
  });
}

function sameClock(parent: Node, node: Node): boolean {
  const [above, below] = [parent.span.resource, node.span.resource];
  if (above === below) return true;
  // nginx knows its host's name only, an SDK its id as well: what both know decides.
  for (const name of ['host.id', 'host.name']) {
    if (above[name] !== undefined && below[name] !== undefined) return above[name] === below[name];
  }
  const instance = 'service.instance.id';
  return parent.span.service === node.span.service && above[instance] === below[instance];
}
