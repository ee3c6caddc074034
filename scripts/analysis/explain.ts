import type { Span } from '../model/trace.ts';
import { toldText } from './semantics.ts';
import { withoutComments } from './statement.ts';

/** A longer statement is better taken from the trace. */
const LONGEST = 2000;

/** The command that shows how the database answers the statement of this span. It is not run: it may ask for much. */
export function explainCommand(span: Span): string {
  const statement = toldText(span, 'statement') ?? '';
  if (statement.length > LONGEST) return `Ask the database to EXPLAIN the statement of span ${span.spanId}.`;
  const text = withoutComments(statement);
  const database = toldText(span, 'database') ?? 'DATABASE';
  switch (toldText(span, 'system')) {
    case 'sqlite':
      return `See whether it says SCAN: sqlite3 ${database} ${quoted(`EXPLAIN QUERY PLAN ${text}`)}`;
    case 'postgresql':
      return `See whether it says Seq Scan: psql ${database} -c ${quoted(explainPostgres(text))}`;
    case 'mysql':
    case 'mariadb':
      return `See whether its type is ALL: mysql ${database} -e ${quoted(`EXPLAIN ${text}`)}`;
    default:
      return `Ask the database: EXPLAIN ${text}`;
  }
}

/** Without the values that were bound, PostgreSQL (16 and later) plans for $1, $2 … in general; drivers write them in other ways. */
function explainPostgres(statement: string): string {
  let count = 0;
  const numbered = statement.replaceAll(/%\(\w+\)s|%s|(?<![:\w]):[a-z_]\w*|\?/gi, () => {
    count += 1;
    return `$${count}`;
  });
  const bound = /\$\d/.test(numbered);
  return `EXPLAIN (${bound ? 'GENERIC_PLAN' : 'ANALYZE, BUFFERS'}) ${numbered}`;
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
