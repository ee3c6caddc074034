import type { Node } from '../analysis/node.ts';
import { buildServiceGraph } from '../analysis/service-graph.ts';
import { distribution } from '../analysis/statistics.ts';
import { toMs } from '../model/units.ts';
import type { Report } from './schema.ts';

/** The services of a set of traces and their calls; `seconds`: how long the traces were collected, null where they do not tell. */
export function describeGraph(nodes: Iterable<Node>, seconds: number | null): Report['graph'] {
  const { services, calls } = buildServiceGraph(nodes);
  return {
    services,
    calls: calls.map(({ durations, ...call }) => {
      const { p50, p95 } = distribution(durations);
      return { ...call, perSecond: seconds && call.calls / seconds, p50Ms: toMs(p50), p95Ms: toMs(p95) };
    }),
  };
}
