import { mean, quantileSorted, sum } from 'simple-statistics';

/** One name over all requests. */
export interface Row<Example> {
  /** The first that was met under this name. */
  example: Example;
  /** ns in each request, in their order; 0 where it did not happen. */
  ns: number[];
  /** As a fraction, of all requests together. */
  samples: number;
}

export interface RowStatistics {
  meanNs: number;
  p50Ns: number;
  p95Ns: number;
  /** Mean over the faster half of the requests, and over the slower. Of an odd number, the middle one is in neither. */
  fastNs: number;
  slowNs: number;
}

/** Groups what each request spent by a key of the caller's. */
export function rowsOf<Entry extends { ns: number; samples: number }>(
  requests: readonly (readonly Entry[])[],
  keyOf: (entry: Entry) => string,
): Row<Entry>[] {
  const rows = new Map<string, Row<Entry>>();
  requests.forEach((entries, request) => {
    for (const entry of entries) {
      const key = keyOf(entry);
      const row = rows.get(key) ?? { example: entry, ns: requests.map(() => 0), samples: 0 };
      rows.set(key, row);
      row.ns[request] = (row.ns[request] ?? 0) + entry.ns;
      row.samples += entry.samples;
    }
  });
  return [...rows.values()].sort((a, b) => sum(b.ns) - sum(a.ns));
}

/** Requests by their total, fastest first, as indices: with it each row knows its halves. */
export function bySpeed(totals: readonly number[]): number[] {
  return totals.map((_, index) => index).sort((a, b) => (totals[a] ?? 0) - (totals[b] ?? 0));
}

export function statisticsOf(ns: readonly number[], order: readonly number[]): RowStatistics {
  const sorted = ns.toSorted((a, b) => a - b);
  const half = Math.max(1, Math.floor(order.length / 2));
  const meanOf = (requests: readonly number[]) => mean(requests.map((request) => ns[request] ?? 0));
  return {
    meanNs: mean(sorted),
    p50Ns: quantileSorted(sorted, 0.5),
    p95Ns: quantileSorted(sorted, 0.95),
    fastNs: meanOf(order.slice(0, half)),
    slowNs: meanOf(order.slice(-half)),
  };
}
