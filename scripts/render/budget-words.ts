import type { BudgetCheck } from '../report/budgets/schema.ts';
import { clean } from './clean.ts';
import { ms, percent } from './format.ts';

/** `longest of SELECT *`: what a budget limits. */
export function subjectOf({ subject, name, measure }: BudgetCheck): string {
  if (subject === 'total') return 'total';
  if (subject === 'unknown') return 'share of unknown';
  const what = `${subject} ${clean(name ?? '')}`;
  return { longest: what, sum: `${what}, sum`, count: `${what}, count`, ms: `${what}, ms at stake`, share: what }[
    measure
  ];
}

/** A value of a budget with its unit. */
export function amount(value: number, { measure }: BudgetCheck): string {
  if (measure === 'share') return percent(value);
  if (measure === 'count') return value.toLocaleString('en');
  return `${ms(value)} ms`;
}

/** `p95 of 20 traces`; nothing for a single one. */
export function basisOf({ traces, percentile }: BudgetCheck): string {
  return traces > 1 ? `p${percentile} of ${traces.toLocaleString('en')} traces` : '';
}

/** `total: 52.10 ms, allowed are 50.00 ms (p95 of 20 traces)`. */
export function sentence(check: BudgetCheck): string {
  if (check.measured === null) {
    const reason = check.traces === 0 ? 'no trace is of this route' : 'no span has this name';
    return `${subjectOf(check)}: not measured, ${reason}`;
  }
  const basis = basisOf(check);
  const measured = `${amount(check.measured, check)}, allowed ${amount(check.limit, check)}`;
  return `${subjectOf(check)}: ${measured}${basis === '' ? '' : ` (${basis})`}`;
}
