import type { BudgetResult } from '../report/budgets/schema.ts';
import { sentence } from './budget-words.ts';
import { clean } from './clean.ts';
import { createPaint } from './format.ts';

/** A line for each broken budget and for each that measured nothing; the others are only counted. */
export function renderBudgets({ file, checks }: BudgetResult, { colour }: { colour: boolean }): string {
  const paint = createPaint(colour);
  const line = (check: BudgetResult['checks'][number]) => `${clean(check.route)}  ${sentence(check)}`;
  const of = (status: BudgetResult['checks'][number]['status']) => checks.filter((check) => check.status === status);
  const kept = of('kept').length;
  return `${[
    paint('bold', `Budgets of ${clean(file)}`),
    ...of('broken').map((check) => `${paint('red', '✖ broken')}  ${line(check)}`),
    ...of('not-measured').map((check) => `${paint('yellow', '▲ idle')}  ${line(check)}`),
    `${paint('green', '✔')} ${kept} of ${checks.length} kept`,
  ].join('\n')}\n`;
}
