import { max, min } from 'simple-statistics';
import { distribution, nameStatistics } from '../analysis/statistics.ts';
import { buildTree, type Tree } from '../analysis/tree.ts';
import { waterfall } from '../analysis/waterfall.ts';
import type { Trace, Warning } from '../model/trace.ts';
import { toMs } from '../model/units.ts';
import { buildReport } from './build.ts';
import { describeGraph } from './graph.ts';
import type { TraceSet } from './schema.ts';

export interface TraceSetInput {
  /** At least one. */
  traces: readonly Trace[];
  /** Those of the parser and of whoever fetched the traces. */
  warnings: readonly Warning[];
}

/** What several traces have in common: their distribution, per name and per call, and the slowest in full. */
export function buildTraceSet({ traces, warnings }: TraceSetInput): TraceSet {
  const trees = traces.map((trace) => ({ trace, tree: buildTree(trace) }));
  const slowest = trees.reduce<(typeof trees)[number] | null>(
    (most, each) => (most && duration(most.tree) >= duration(each.tree) ? most : each),
    null,
  );
  const nodes = trees.flatMap(({ tree }) => waterfall(tree.roots).map(({ node }) => node));
  return {
    traces: traces.length,
    spans: nodes.length,
    seconds: collectedFor(traces),
    totalMs: inMs(distribution(trees.map(({ tree }) => duration(tree)))),
    names: nameStatistics(nodes).map(({ durations, total, ...rest }) => ({
      ...rest,
      ms: inMs(durations),
      totalMs: toMs(total),
    })),
    graph: describeGraph(nodes, collectedFor(traces)),
    slowest: slowest && buildReport({ trace: slowest.trace, request: null, warnings: [] }),
    warnings: [...warnings],
  };
}

function duration({ main }: Tree): number {
  return main ? main.end - main.start : 0;
}

function inMs(values: ReturnType<typeof distribution>): TraceSet['totalMs'] {
  const { min, p50, p95, p99, max } = values;
  return { min: toMs(min), p50: toMs(p50), p95: toMs(p95), p99: toMs(p99), max: toMs(max) };
}

/** From the first start to the last: what rates may be counted over. One trace, or all at once, have none. */
function collectedFor(traces: readonly Trace[]): number | null {
  const starts = traces.map(({ epochNs }) => Number(epochNs / 1_000_000n) / 1000);
  const seconds = starts.length === 0 ? 0 : max(starts) - min(starts);
  return seconds >= 1 ? seconds : null;
}
