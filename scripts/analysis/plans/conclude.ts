import type { Finding } from '../../model/finding.ts';
import type { Answer, PlanSystem, TableSize } from '../../model/plan.ts';
import type { Span } from '../../model/trace.ts';
import { suspicion } from '../detectors/missing-index.ts';
import { toldText } from '../semantics.ts';
import { withoutComments } from '../statement.ts';
import { readPostgresPlan } from './postgresql.ts';
import type { Reading } from './reading.ts';
import { readSqlitePlan } from './sqlite.ts';

/** What was asked about a finding, and what came of it. */
export interface Consulted {
  /** As it may be shown. */
  database: string;
  system: PlanSystem;
  answer: Answer;
}

/** What a plan without values, of today, does not show. */
const ELSEWHERE =
  'Look elsewhere: a lock, a cold cache, the way to the database, values for which the plan is another, or an index newer than the trace.';
const NO_SIMPLE_REMEDY =
  'Index what the plan filters, joins or sorts by; an expression, a pattern and each side of an OR need an index of their own.';

type Concluded = Pick<Finding, 'message' | 'severity' | 'next' | 'plan'>;

/**
 * A `missing-index` finding, as the database's plan has it: a suspicion becomes a fact, or is taken back. One that the plan refutes stays
 * as `info`, because the statement was slow all the same, and nobody need suspect the index again; budgets do not count it.
 */
export function conclude<F extends Concluded>(finding: F, span: Pick<Span, 'attributes'>, consulted: Consulted): F {
  const { database, system, answer } = consulted;
  const unverified = (reason: string): F => ({
    ...finding,
    plan: { verdict: 'unverified', database, lines: [], reason },
  });
  if ('unknown' in answer) return unverified(answer.unknown);
  const reading = read(answer, withoutComments(toldText(span, 'statement') ?? ''));
  if (reading.verdict === 'unclear') return unverified(reading.says);
  const plan = { verdict: reading.verdict, database, lines: reading.lines, reason: null };
  const restated = (claim: string) => finding.message.replace(suspicion(span), () => claim);
  if (reading.verdict === 'confirmed')
    return {
      ...finding,
      message: restated(`: it lacks an index: ${reading.says}`),
      next: remedy(reading, system, answer.tables),
      plan,
    };
  return {
    ...finding,
    severity: 'info',
    message: restated(`, and not for want of an index: ${reading.says}`),
    next: ELSEWHERE,
    plan,
  };
}

function read({ plan, tables }: Exclude<Answer, { unknown: string }>, statement: string): Reading {
  return plan.system === 'sqlite' ? readSqlitePlan(plan.lines, tables, statement) : readPostgresPlan(plan.root, tables);
}

/** The statement that would create it. It is not run: that is for whoever owns the database. */
function remedy({ table, columns }: Reading, system: PlanSystem, tables: readonly TableSize[]): string {
  if (table === null || columns.length === 0) return NO_SIMPLE_REMEDY;
  // Without the schema: an index is in that of its table.
  const name = [table.split('.').at(-1), ...columns].join('_').replaceAll(/\W/g, '');
  const on = `ON ${table} (${columns.join(', ')})`;
  // Without it PostgreSQL locks the table against writes for as long as it takes; it knows no such way for a partitioned one.
  const partitioned = tables.some(({ sql, partitioned }) => sql === table && partitioned === true);
  return system === 'postgresql' && !partitioned
    ? `CREATE INDEX CONCURRENTLY ${name} ${on}`
    : `CREATE INDEX ${name} ${on}`;
}
