import { max, mean, min, quantileSorted, sum } from 'simple-statistics';
import type { Account } from '../analysis/account.ts';
import { explain, keyOf, type Part, sumUp } from '../analysis/accounting.ts';
import { criticalPath } from '../analysis/critical-path.ts';
import { type Flame, flameOf } from '../analysis/profile/flame.ts';
import { profilerWarnings } from '../analysis/profile/offer.ts';
import { bySpeed, type Row, rowsOf, statisticsOf } from '../analysis/profile/rows.ts';
import { buildTree } from '../analysis/tree.ts';
import type { Trace, Warning } from '../model/trace.ts';
import { NS_PER_MS, toMs } from '../model/units.ts';
import { ownerOf, wholeSamples } from './account.ts';
import { buildReport, type ReportInput } from './build.ts';
import type { FlameFrame, ProfileReport, ProfileRow } from './profile.ts';

export interface ProfileInput {
  url: string;
  method: string;
  concurrency: number;
  /** In the order they were sent; at least one. */
  requests: readonly Pick<ReportInput, 'trace' | 'request'>[];
  /** How many were sent and have no complete trace. */
  failed: number;
  warnings: readonly Warning[];
  /** Where to see more of a trace. */
  linksOf: (trace: Trace) => NonNullable<ReportInput['links']>;
}

/** Many requests to one URL as one object: each of their milliseconds under one name. */
export function buildProfile({ requests, warnings, linksOf, ...facts }: ProfileInput): ProfileReport {
  const explained = requests.map(({ trace }) => explainTrace(trace));
  const totals = explained.map((parts) => sum(parts.map(({ ns }) => ns)));
  const order = bySpeed(totals);
  const describe = describeRows(totals, order);
  const accounts = explained.map(sumUp);
  const running = accounts.map((all) => all.filter(({ origin }) => origin !== null));
  return {
    ...facts,
    requests: requests.length,
    samples: Math.round(sum(accounts.flat().map(({ samples }) => samples))),
    totalMs: describeTotals(totals),
    categories: describe(
      rowsOf(accounts, ({ kind }) => kind),
      ({ kind }) => ({ ...nothing, kind, name: kind }),
    ),
    owners: describe(rowsOf(running, ownerOf), ({ origin, library, ...account }) => {
      return { ...nothing, kind: 'cpu', origin, library, name: ownerOf({ origin, library, ...account }) };
    }),
    functions: describe(rowsOf(accounts, keyOf), ({ ns: _, ...account }) => account),
    flame: describeFlame(flameOf(`${requests.length} × ${facts.method} ${facts.url}`, explained.flat())),
    reports: chooseRequests(order).map(({ label, index }) => {
      const { trace, request } = requests[index] as (typeof requests)[number];
      return { label, report: buildReport({ trace, request, warnings: [], links: linksOf(trace) }) };
    }),
    traces: requests.map(({ trace }, index) => ({ traceId: trace.traceId, totalMs: toMs(totals[index] ?? 0) })),
    warnings: [...profilerWarnings(requests.map(({ trace }) => trace)), ...warnings],
  };
}

function explainTrace(trace: Trace): Part[] {
  const { main } = buildTree(trace);
  return main ? explain(criticalPath(main)) : [];
}

const nothing = { location: null, origin: null, library: null, caller: null };

type Label = Pick<ProfileRow, 'kind' | 'name' | 'location' | 'origin' | 'library' | 'caller'>;

function describeRows(totals: readonly number[], order: readonly number[]) {
  const all = sum([...totals]);
  return (rows: readonly Row<Account>[], labelOf: (account: Account) => Label): ProfileRow[] =>
    rows.map(({ example, ns, samples }) => {
      const { meanNs, p50Ns, p95Ns, fastNs, slowNs } = statisticsOf(ns, order);
      const { kind, name, location, origin, library, caller } = labelOf(example);
      return {
        ...{ kind, name, location, origin, library, caller },
        samples: wholeSamples(samples),
        meanMs: meanNs / NS_PER_MS,
        p50Ms: p50Ns / NS_PER_MS,
        p95Ms: p95Ns / NS_PER_MS,
        share: all === 0 ? 0 : sum(ns) / all,
        fastMs: fastNs / NS_PER_MS,
        slowMs: slowNs / NS_PER_MS,
      };
    });
}

function describeTotals(totals: readonly number[]): ProfileReport['totalMs'] {
  const ms = totals.map(toMs).sort((a, b) => a - b);
  return { min: min(ms), p50: quantileSorted(ms, 0.5), p95: quantileSorted(ms, 0.95), max: max(ms), mean: mean(ms) };
}

function describeFlame({ name, location, kind, ns, samples, children }: Flame): FlameFrame {
  return {
    name,
    location,
    kind,
    valueMs: toMs(ns),
    samples: kind === 'span' ? null : wholeSamples(samples) || null,
    children: [...children.values()].sort((a, b) => b.ns - a.ns).map(describeFlame),
  };
}

/** What is typical, and what is worst; of a single request there is only one. */
function chooseRequests(order: readonly number[]): { label: string; index: number }[] {
  const median = order[Math.floor((order.length - 1) / 2)] ?? 0;
  const slowest = order.at(-1) ?? 0;
  const chosen = [{ label: 'median request', index: median }];
  return slowest === median ? chosen : [...chosen, { label: 'slowest request', index: slowest }];
}
