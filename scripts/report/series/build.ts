import { distribution } from '../../analysis/statistics.ts';
import { roundMs } from '../../model/units.ts';
import { routeOf } from '../route.ts';
import type { Report } from '../schema.ts';
import { byKind, byName, shareAccounts } from '../structure/accounts.ts';
import { alignReports, type Place, type Sample } from '../structure/align.ts';
import { describePlace } from '../structure/schema.ts';
import type { Series } from './schema.ts';

export interface SeriesInput extends Pick<Series, 'url' | 'directory' | 'warnings'> {
  /** Of the complete traces, in the order they were sent; at least one. */
  reports: readonly Report[];
  requests: Omit<Series['requests'], 'measured'>;
}

/** One request, repeated: how its time is distributed, and the usual and the worst case in full. */
export function buildSeries({ reports, url, requests, directory, warnings }: SeriesInput): Series {
  const totals = reports.map(({ totalMs }) => totalMs);
  const totalMs = rounded(totals);
  const closest = (to: number) =>
    reports.reduce((best, each) => (Math.abs(each.totalMs - to) < Math.abs(best.totalMs - to) ? each : best));
  const median = closest(totalMs.p50);
  return {
    url,
    route: routeOf(median),
    requests: { ...requests, measured: reports.length },
    statuses: countStatuses(reports),
    totalMs,
    categories: spreadAccounts(reports, byKind),
    accounts: spreadAccounts(reports, byName),
    spans: alignReports(reports).map(spreadPlace),
    median,
    slowest: closest(totalMs.max),
    directory,
    warnings,
  };
}

/** Parts of the critical path under one label. */
function spreadAccounts<Label>(reports: readonly Report[], labelOf: (account: Report['accounting'][number]) => Label) {
  const all = reports.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return shareAccounts(reports, labelOf)
    .map(({ label, ms }) => {
      const sum = ms.reduce((total, each) => total + each, 0);
      return { ...label, ms: rounded(ms), share: all === 0 ? 0 : sum / all };
    })
    .sort((a, b) => b.share - a.share);
}

function spreadPlace(place: Place): Series['spans'][number] {
  const spread = (of: (sample: Sample) => number) => rounded(place.samples.map((sample) => (sample ? of(sample) : 0)));
  return {
    ...describePlace(place),
    traces: place.samples.filter((sample) => sample !== null).length,
    durationMs: spread(({ durationMs }) => durationMs),
    selfMs: spread(({ selfMs }) => selfMs),
    criticalPathMs: spread(({ pathMs }) => pathMs),
  };
}

function rounded(values: readonly number[]): Series['totalMs'] {
  const { min, p50, p95, p99, max } = distribution(values);
  return { min: roundMs(min), p50: roundMs(p50), p95: roundMs(p95), p99: roundMs(p99), max: roundMs(max) };
}

function countStatuses(reports: readonly Report[]): Series['statuses'] {
  const groups = Map.groupBy(reports, ({ request }) => request?.status ?? null);
  return [...groups].map(([status, all]) => ({ status, count: all.length })).sort((a, b) => b.count - a.count);
}
