import type { Finding } from '../../model/finding.ts';
import { toMs } from '../../model/units.ts';
import { hints } from '../hints.ts';
import { upstreamAnswered, upstreamTimes } from '../nginx.ts';
import type { Node } from '../node.ts';

/** nginx passed the request on, and nothing that it reached has sent a span. */
export function findUntracedApps(nodes: readonly Node[]): Finding[] {
  return nodes.flatMap((node): Finding[] => {
    const times = upstreamTimes(node.span);
    if (!times || node.children.some((child) => child.span.kind === 'server')) return [];
    if (!upstreamAnswered(node.span)) return []; // nothing that could have sent a span: upstream-down speaks of it
    return [
      {
        rule: 'app-not-traced',
        severity: 'warning',
        message: `${node.span.service} asked ${times.upstream}, from which no span has come: its time is one blank`,
        ms: times.response ?? toMs(node.end - node.start),
        spanIds: [node.span.spanId],
        next: hints('app', [node.span]).join(' '),
      },
    ];
  });
}
