import type { Span } from '../model/trace.ts';
import { toldText } from './semantics.ts';
import { bareStatement, numberPlaceholders, verbOf } from './statement.ts';

/** A longer statement is better taken from the trace. */
const LONGEST = 2000;

/** The command that shows how the database answers the statement of this span. It is not run: it may ask for much. */
export function explainCommand(span: Span): string {
  const statement = toldText(span, 'statement') ?? '';
  const text = statement.length > LONGEST ? null : bareStatement(statement);
  // What follows a semicolon or a backslash would be run, or is the client's own command: a trace may come from anybody.
  if (text === null || /[;\\]/.test(text)) return `Ask the database to EXPLAIN the statement of span ${span.spanId}.`;
  const database = wordOf(toldText(span, 'database') ?? 'DATABASE');
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

/** Without the values that were bound, PostgreSQL (16 and later) plans in general; ANALYZE runs what it explains. */
function explainPostgres(statement: string): string {
  const { text, count } = numberPlaceholders(statement);
  if (count > 0) return `EXPLAIN (GENERIC_PLAN) ${text}`;
  return verbOf(statement) === 'SELECT' ? `EXPLAIN (ANALYZE, BUFFERS) ${text}` : `EXPLAIN ${text}`;
}

/** An argument that is neither an option nor anything else to a shell. */
function wordOf(database: string): string {
  if (database.startsWith('-')) return 'DATABASE';
  return /^[\w./:-]+$/.test(database) ? database : quoted(database);
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
