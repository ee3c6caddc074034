import type { Finding } from '../../model/finding.ts';
import { toMs } from '../../model/units.ts';
import { upstreamAnswered, upstreamTimes } from '../nginx.ts';
import type { Node } from '../node.ts';

/** nginx asked its upstream and got no answer: refused, reset, or too late. */
export function findUpstreamsDown(nodes: readonly Node[]): Finding[] {
  return nodes.flatMap((node): Finding[] => {
    const times = upstreamTimes(node.span);
    if (!times || upstreamAnswered(node.span)) return [];
    return [
      {
        rule: 'upstream-down',
        severity: 'error',
        message: `${node.span.service} got no answer from ${times.upstream}`,
        ms: times.response ?? toMs(node.end - node.start),
        spanIds: [node.span.spanId],
        next: 'Is the app running and listening there? make status, make logs S=app',
      },
    ];
  });
}
