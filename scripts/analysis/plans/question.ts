import type { PlanSystem, Question } from '../../model/plan.ts';
import type { Span } from '../../model/trace.ts';
import { toldText } from '../semantics.ts';
import { bareStatement, numberPlaceholders } from '../statement.ts';

const LONGEST = 20_000;

/** The database that answers for a span; null: none that can be asked. */
export function planSystemOf(span: Pick<Span, 'attributes'>): PlanSystem | null {
  const system = toldText(span, 'system');
  return system === 'sqlite' || system === 'postgresql' ? system : null;
}

/** What to ask about the statement of a span, or why there is nothing to ask. */
export function questionAbout(statement: string, system: PlanSystem): Question | { unknown: string } {
  if (statement.length > LONGEST)
    return { unknown: `the statement has more than ${LONGEST.toLocaleString('en')} characters` };
  const text = bareStatement(statement);
  if (/(?:…|\.\.\.)$/.test(text)) return { unknown: 'the trace has only the beginning of the statement' };
  if (system === 'sqlite') return { system, statement: text, parameters: 0 };
  const { text: numbered, count } = numberPlaceholders(text);
  return { system, statement: numbered, parameters: count };
}
