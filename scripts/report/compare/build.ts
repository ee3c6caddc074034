import { median } from 'simple-statistics';
import { adjustForMany, LEAST_SAMPLES, rankTest } from '../../analysis/statistics/rank-test.ts';
import { shiftBetween } from '../../analysis/statistics/shift.ts';
import type { Warning } from '../../model/trace.ts';
import { roundMs } from '../../model/units.ts';
import type { Report } from '../schema.ts';
import { byKind, byName, shareAccounts } from '../structure/accounts.ts';
import { alignReports, type Place, type Sample } from '../structure/align.ts';
import { describePlace } from '../structure/schema.ts';
import { chooseRoute } from './route.ts';
import type { Change, Comparison, SpanChange } from './schema.ts';

/** One of the two sets that are compared: at least one trace, and one of the route that is asked for. */
export interface Side {
  /** As its user named it. */
  name: string;
  reports: readonly Report[];
}

export interface CompareInput {
  a: Side;
  b: Side;
  /** Compare the traces of this route only; null: of the one that both sides have most of. */
  route: string | null;
  warnings: readonly Warning[];
}

/** A p-value below it counts as significant. */
const LEVEL = 0.05;

/** What changed from a to b, in total, per category and per span. */
export function compareReports(input: CompareInput): Comparison {
  const { route, a, b, warnings } = chooseRoute(input.a.reports, input.b.reports, input.route);
  const count = a.length;
  const places = alignReports([...a, ...b]);
  const spans = places.map((place) => describeChange(place, count));
  for (const measure of ['duration', 'self', 'criticalPath'] as const) adjust(spans.map((span) => span[measure]));
  const totals = [a, b].map((reports) => reports.map(({ totalMs }) => totalMs)) as [number[], number[]];

  return {
    route,
    a: { name: input.a.name, traces: a.length },
    b: { name: input.b.name, traces: b.length },
    total: { ...changeOf(...totals), shift: shiftBetween(...totals) },
    categories: compareAccounts(a, b, byKind),
    accounts: compareAccounts(a, b, byName),
    spans: spans.toSorted(bySelfChange),
    test: {
      name: 'Mann-Whitney U, two-sided',
      adjustment: 'Benjamini-Hochberg',
      level: LEVEL,
      leastTraces: LEAST_SAMPLES,
    },
    warnings: [...input.warnings, ...warnings, ...nothingInCommon(spans)],
  };
}

/** Every span above a change grows with it: the self time says where it is. */
function bySelfChange(x: SpanChange, y: SpanChange): number {
  return Math.abs(y.self.change) - Math.abs(x.self.change) || Math.abs(y.duration.change) - Math.abs(x.duration.change);
}

function describeChange(place: Place, countOfA: number): SpanChange {
  const a = place.samples.slice(0, countOfA);
  const b = place.samples.slice(countOfA);
  const [withA, withB] = [a, b].map((samples) => samples.filter((sample) => sample !== null).length) as [
    number,
    number,
  ];
  const pair = (of: (sample: Sample) => number) =>
    [a, b].map((samples) => samples.map((sample) => (sample ? of(sample) : 0))) as [number[], number[]];
  const [spansA, spansB] = pair(({ spans }) => spans);
  return {
    ...describePlace(place),
    status: withA === 0 ? 'new' : withB === 0 ? 'vanished' : 'both',
    tracesWith: { a: withA, b: withB },
    spans: { a: median(spansA), b: median(spansB) },
    duration: changeOf(...pair(({ durationMs }) => durationMs)),
    self: changeOf(...pair(({ selfMs }) => selfMs)),
    criticalPath: changeOf(...pair(({ pathMs }) => pathMs)),
  };
}

/** Parts of the critical path under one label. */
function compareAccounts<Label>(a: readonly Report[], b: readonly Report[], labelOf: (account: Account) => Label) {
  const changes = shareAccounts([...a, ...b], labelOf).map(({ label, ms }) => ({
    ...label,
    ...changeOf(ms.slice(0, a.length), ms.slice(a.length)),
  }));
  adjust(changes);
  return changes.sort((x, y) => Math.abs(y.change) - Math.abs(x.change));
}

type Account = Report['accounting'][number];

function changeOf(a: readonly number[], b: readonly number[]): Change {
  const [before, after] = [roundMs(median([...a])), roundMs(median([...b]))];
  const p = rankTest(a, b);
  return {
    a: before,
    b: after,
    change: roundMs(after - before),
    significance: p === null ? null : { p, significant: p < LEVEL },
  };
}

/** Changes that are tested together. In place. */
function adjust(changes: readonly Change[]): void {
  const tested = changes.flatMap(({ significance }) => significance ?? []);
  const adjusted = adjustForMany(tested.map(({ p }) => p));
  tested.forEach((significance, index) => {
    significance.p = adjusted[index] ?? 1;
    significance.significant = significance.p < LEVEL;
  });
}

function nothingInCommon(spans: readonly SpanChange[]): Warning[] {
  if (spans.length === 0 || spans.some(({ status }) => status === 'both')) return [];
  const message = 'a and b have no span in common: their roots differ in service or name';
  return [{ code: 'nothing-in-common', message, spanIds: [] }];
}
