import junit, { type Builder, type TestCase } from 'junit-report-builder';
import type { BudgetCheck, BudgetResult } from '../report/budgets/schema.ts';
import { amount, sentence, subjectOf } from './budget-words.ts';
import { clean } from './clean.ts';

/** The module itself is a builder; its types tell of a default export inside of it. */
const builder = junit as unknown as Builder;

/** Budgets as JUnit XML, which CI systems show as tests: a suite for each route, a case for each limit. */
export function renderJunit({ file, checks }: BudgetResult): string {
  const report = builder.newBuilder();
  for (const [route, all] of Map.groupBy(checks, (check) => check.route)) {
    const suite = report.testSuite().name(clean(route));
    for (const check of all) describe(suite.testCase(), check, file);
  }
  return `${report.build()}\n`;
}

function describe(test: TestCase, check: BudgetCheck, file: string): void {
  test.className(clean(check.route)).name(`${subjectOf(check)} ≤ ${amount(check.limit, check)}`);
  test.file(clean(file));
  const isTime = check.measure !== 'count' && check.measure !== 'share';
  if (isTime && check.measured !== null) test.time(Math.round(check.measured * 1000) / 1e6);
  if (check.status === 'not-measured') test.skipped();
  if (check.status === 'broken') {
    test.failure(`${sentence(check)}. ${clean(file)}:${check.line}, worst trace ${check.worstTraceId}`, 'budget');
  }
}
