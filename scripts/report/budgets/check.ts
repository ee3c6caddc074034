import { quantile } from 'simple-statistics';
import type { Budget } from '../../model/budgets.ts';
import { roundMs } from '../../model/units.ts';
import { isRefuted } from '../plans.ts';
import { routeNames } from '../route.ts';
import type { Report } from '../schema.ts';
import { matches } from './pattern.ts';
import type { BudgetCheck } from './schema.ts';

/** Values of one budget, one for each trace of its route. */
interface Values {
  budget: Budget;
  measured: { traceId: string; value: number }[];
  /** Traces of the route, whether they have such a span or not. */
  traces: number;
  found: boolean;
}

/** Holds traces against budgets, one trace at a time: of a large file not all reports need be kept. */
export function checkBudgets(budgets: readonly Budget[], reports: Iterable<Report>): BudgetCheck[] {
  const all = budgets.map((budget): Values => ({ budget, measured: [], traces: 0, found: false }));
  for (const report of reports) {
    const names = routeNames(report);
    for (const values of all) {
      if (!names.some((name) => matches(values.budget.route, name))) continue;
      const value = measure(report, values.budget);
      values.traces += 1;
      values.found ||= value !== null;
      values.measured.push({ traceId: report.traceId, value: value ?? 0 });
    }
  }
  return all.map(judge);
}

function judge({ budget, measured, traces, found }: Values): BudgetCheck {
  const { limit, percentile, ...rest } = budget;
  if (!found) return { ...rest, limit, percentile, traces, measured: null, status: 'not-measured', worstTraceId: null };
  const value = roundMs(
    quantile(
      measured.map((each) => each.value),
      percentile / 100,
    ),
  );
  const worst = measured.reduce((most, each) => (each.value > most.value ? each : most));
  return {
    ...rest,
    limit,
    percentile,
    traces,
    measured: value,
    status: value > limit ? 'broken' : 'kept',
    worstTraceId: worst.traceId,
  };
}

/** null: there is no span of that name. */
function measure(report: Report, { subject, name, measure: how }: Budget): number | null {
  switch (subject) {
    case 'total':
      return report.totalMs;
    case 'unknown':
      return report.accounting.reduce((sum, { kind, share }) => sum + (kind === 'unknown' ? share : 0), 0);
    case 'span':
      return measureSpans(report, name ?? '*', how);
    case 'finding': {
      const findings = report.findings.filter((finding) => finding.rule === name && !isRefuted(finding));
      return how === 'count' ? findings.length : findings.reduce((sum, { ms }) => sum + (ms ?? 0), 0);
    }
  }
}

function measureSpans({ spans }: Report, pattern: string, how: Budget['measure']): number | null {
  const lengths = spans
    .filter(({ service, name }) => matches(pattern, name) || matches(pattern, `${service}: ${name}`))
    .map(({ durationMs }) => durationMs);
  if (lengths.length === 0) return null;
  if (how === 'count') return lengths.length;
  return lengths.reduce((result, ms) => (how === 'sum' ? result + ms : Math.max(result, ms)), 0);
}
