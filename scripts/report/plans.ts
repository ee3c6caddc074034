import { type Consulted, conclude } from '../analysis/plans/conclude.ts';
import { planSystemOf, questionAbout } from '../analysis/plans/question.ts';
import { toldText } from '../analysis/semantics.ts';
import { parameterise } from '../analysis/statement.ts';
import type { PlanSystem, Question } from '../model/plan.ts';
import type { Report } from './schema.ts';

/** A statement that a database could be asked about. */
export interface Doubt {
  /** Equal for statements that differ in their values only: they are asked about once. */
  key: string;
  system: PlanSystem;
  question: Question | { unknown: string };
}

/** The statements of a verdict that may lack an index, as far as a plan could tell. */
export function doubtsOf(report: Report): Doubt[] {
  return report.findings.flatMap((finding) => doubtOf(finding, report)?.doubt ?? []);
}

/** The verdict with what the databases said; what they refute goes to the end. */
export function withPlans(report: Report, consulted: ReadonlyMap<string, Consulted>): Report {
  const findings = report.findings.map((finding) => {
    const found = doubtOf(finding, report);
    const answer = found && consulted.get(found.doubt.key);
    return found && answer ? conclude(finding, found.span, answer) : finding;
  });
  return { ...report, findings: findings.toSorted((a, b) => Number(isRefuted(a)) - Number(isRefuted(b))) };
}

export const isRefuted = ({ plan }: Report['findings'][number]): boolean => plan?.verdict === 'refuted';

function doubtOf({ rule, spanIds }: Report['findings'][number], { spans }: Report) {
  if (rule !== 'missing-index') return null;
  const span = spans.find(({ id }) => id === spanIds[0]);
  const statement = span && toldText(span, 'statement');
  const system = span && planSystemOf(span);
  if (!statement || !system) return null;
  const doubt: Doubt = {
    key: `${system} ${parameterise(statement)}`,
    system,
    question: questionAbout(statement, system),
  };
  return { span, doubt };
}
