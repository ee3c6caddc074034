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
 * A server span longer than its caller (who gave up waiting, say) is moved only if it begins too early, and never cut.
 */
export function alignClocks(roots: readonly Node[]): Warning[] {
  const warnings = new Map<string, { service: string; spanIds: string[]; worst: number }>();
  const offsets = new Map<Node, number>();
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const offset = offsetOf(node, offsets);
    node.start += offset;
    node.end += offset;
    if (offset !== 0) offsets.set(node, offset);
    if (Math.abs(offset) > RESOLUTION && !sameClock(node.parent, node)) {
      const warning = warnings.get(node.span.service) ?? { service: node.span.service, spanIds: [], worst: 0 };
      if (Math.abs(offset) > Math.abs(warning.worst)) warning.worst = offset;
      if (warning.spanIds.length < 20) warning.spanIds.push(node.span.spanId);
      warnings.set(node.span.service, warning);
    }
    for (const child of node.children) stack.push(child);
  }
  return [...warnings.values()].map(({ service, spanIds, worst }) => {
    const direction = worst > 0 ? 'behind' : 'ahead of';
    const ms = (Math.abs(worst) / NS_PER_MS).toFixed(1);
    const message = `the clock of ${service} seems to be up to ${ms} ms ${direction} its caller's; its spans were moved into the call`;
    return { code: 'clock-skew', message, spanIds };
  });
}

/** By how much the node's clock is moved; its parent has been moved already. */
function offsetOf(node: Node, offsets: Map<Node, number>): number {
  const { parent } = node;
  if (!parent) return 0;
  if (sameClock(parent, node)) return offsets.get(parent) ?? 0;
  // Messages may be taken long after they were sent: only a call has an envelope.
  if (node.span.kind !== 'server') return 0;
  const early = parent.start - node.start;
  if (early > 0) return early;
  const late = node.end - parent.end;
  return late > 0 && late <= -early ? -late : 0;
}

function sameClock(parent: Node | null, node: Node): boolean {
  if (!parent || parent.span.resource === node.span.resource) return true;
  const host = (of: Node) => of.span.resource['host.id'] ?? of.span.resource['host.name'];
  if (host(parent) !== undefined && host(node) !== undefined) return host(parent) === host(node);
  const instance = (of: Node) => of.span.resource['service.instance.id'];
  return parent.span.service === node.span.service && instance(parent) === instance(node);
}
