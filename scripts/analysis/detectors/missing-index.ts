import type { Finding } from '../../model/finding.ts';
import type { Span } from '../../model/trace.ts';
import { toMs } from '../../model/units.ts';
import { explainCommand } from '../explain.ts';
import type { Outgoing } from '../outgoing.ts';
import { toldNumber, toldText } from '../semantics.ts';
import { filterOf } from '../statement.ts';

/** ms. A query that asks for little and takes longer than this has looked at much; where nothing says how many rows came, it must be slower. */
const SLOW = 20;
const SLOW_WITHOUT_ROWS = 100;
/** ms for a row: reading one by an index takes a hundredth of it. */
const SLOW_PER_ROW = 1;
/** Rows that were read for each that was wanted. */
const WASTE = 100;
const LEAST_EXAMINED = 1000;
const MOST = 5;

/** Statements that filter or sort, and take longer than what they return explains. One finding a statement, the slowest first. */
export function findMissingIndexes(calls: readonly Outgoing[]): Finding[] {
  const statements = new Map<string, Outgoing[]>();
  for (const call of calls) {
    if (call.kind !== 'query' || reasonFor(call) === null) continue;
    const key = `${call.node.span.service} ${call.signature}`;
    const group = statements.get(key);
    if (group) group.push(call);
    else statements.set(key, [call]);
  }
  return [...statements.values()]
    .map(describe)
    .sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0))
    .slice(0, MOST);
}

/** What makes this call suspicious; null: nothing. */
function reasonFor({ node, verb }: Outgoing): string | null {
  const { span } = node;
  const ms = toMs(node.end - node.start);
  const statement = toldText(span, 'statement');
  if (statement === null || ms < SLOW / 4 || !/^(SELECT|UPDATE|DELETE|WITH)$/.test(verb)) return null;
  const rows = toldNumber(span, 'rows');
  const examined = toldNumber(span, 'examined');
  if (examined !== null && examined >= LEAST_EXAMINED && examined >= WASTE * Math.max(1, rows ?? 1))
    return `and read ${examined.toLocaleString('en')} rows${rows === null ? '' : ` for ${rows}`}`;
  const slow = rows === null ? ms >= SLOW_WITHOUT_ROWS : ms >= SLOW && ms / Math.max(1, rows) >= SLOW_PER_ROW;
  if (examined !== null || !slow || filterOf(statement) === null) return null;
  return rows === null ? 'to filter or sort' : `for ${rows} row(s)`;
}

function describe(calls: readonly Outgoing[]): Finding {
  const [slowest, ...others] = calls.toSorted((a, b) => length(b) - length(a)) as [Outgoing, ...Outgoing[]];
  const sum = calls.reduce((total, call) => total + length(call), 0);
  const { span } = slowest.node;
  const times = calls.length === 1 ? '' : `${calls.length} times, up to `;
  return {
    rule: 'missing-index',
    severity: toMs(sum) >= SLOW_WITHOUT_ROWS ? 'warning' : 'info',
    message: `${span.service}: ${span.name} took ${times}${toMs(length(slowest)).toFixed(2)} ms ${reasonFor(slowest)}${suspicion(span)}`,
    ms: toMs(sum),
    // The slowest first: it is the one that is described.
    spanIds: [slowest, ...others].slice(0, 20).map(({ node }) => node.span.spanId),
    next: explainCommand(span),
  };
}

function length({ node }: Outgoing): number {
  return node.end - node.start;
}

/** How a message ends while nobody has asked the database. */
export function suspicion(span: Pick<Span, 'attributes'>): string {
  const filter = filterOf(toldText(span, 'statement') ?? '');
  const columns =
    filter && filter.columns.length > 0 ? `, such as one on ${filter.table} (${filter.columns.join(', ')})` : '';
  return `: it may lack an index${columns}`;
}
