import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Answer, PlanNode, Question, TableSize } from '../../model/plan.ts';
import { type Connection, readConnection } from './connection.ts';
import type { Database } from './database.ts';
import { refusal } from './guard.ts';

export { isConnection } from './connection.ts';

/** For each statement in the database; psql itself is ended a little later. */
const STATEMENT_SECONDS = 3;
const CONNECT_SECONDS = 3;
const TIMEOUT_MS = (CONNECT_SECONDS + STATEMENT_SECONDS + 2) * 1000;

/** @throws Failure (usage) */
export function postgresAt(given: string): Database {
  const connection = readConnection(given);
  // Who does not answer once is not asked again: each time would cost seconds.
  let away: Answer | null = null;
  const ask = async (question: Question): Promise<Answer> => {
    const refused = refusal(question);
    if (refused !== null) return { unknown: refused };
    if (away !== null) return away;
    const { answer, hopeless } = await run(connection, question);
    if (hopeless) away = answer;
    return answer;
  };
  return { system: 'postgresql', name: connection.name, ask };
}

/**
 * What psql sends, each as one string of its own: a string that does not begin with a backslash goes to the server as it is, where
 * psql's own commands (`\!`, `\copy`) mean nothing; several statements in one string would run, so that `refusal` allows no semicolon.
 *
 * EXPLAIN without ANALYZE does not run the statement. The planner may still call functions that are not VOLATILE: the transaction is
 * read only, and limited in time. A prepared statement, because its placeholders have no values (EXPLAIN (GENERIC_PLAN) needs
 * PostgreSQL 16); forced to the plan for any values, NULL in their place changes nothing.
 */
function commands({ statement, parameters }: Question): string[] {
  const values = parameters === 0 ? '' : `(${Array(parameters).fill('NULL').join(', ')})`;
  return [
    'BEGIN TRANSACTION READ ONLY',
    `SET LOCAL statement_timeout = '${STATEMENT_SECONDS}s'`,
    "SET LOCAL lock_timeout = '1s'",
    'SET LOCAL plan_cache_mode = force_generic_plan',
    `PREPARE ${PREPARED} AS ${statement}`,
    `EXPLAIN (FORMAT JSON) EXECUTE ${PREPARED}${values}`,
    // A connection pooler keeps the session for others.
    `DEALLOCATE ${PREPARED}`,
    SIZES,
    'ROLLBACK',
  ];
}

const PREPARED = `onetrace_${process.pid}`;

/**
 * The planner's own idea of how large the tables are that the statement is about (-1 and 0: it has none), and their names as SQL takes
 * them here. They are those that planning has locked: also what is behind a view, and no name has to be found in the statement.
 */
const SIZES = `SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', c.relname, 'rows', c.reltuples,
      'sql', coalesce(i.inhparent, c.oid)::pg_catalog.regclass::pg_catalog.text, 'partitioned', i.inhparent IS NOT NULL))
    FROM (SELECT DISTINCT relation FROM pg_catalog.pg_locks
      WHERE locktype = 'relation' AND pid = pg_catalog.pg_backend_pid() LIMIT 500) AS locked
    JOIN pg_catalog.pg_class AS c ON c.oid = locked.relation
    LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid AND c.relispartition
    WHERE c.reltuples > 0 AND c.relkind IN ('r', 'p', 'm')`;

async function run(connection: Connection, question: Question): Promise<{ answer: Answer; hopeless: boolean }> {
  const fixed = ['-X', '-q', '-A', '-t', '-w', '-v', 'ON_ERROR_STOP=1', '-d', connection.target];
  const args = [...fixed, ...commands(question).flatMap((command) => ['-c', command])];
  const env = {
    ...process.env,
    PGCONNECT_TIMEOUT: process.env.PGCONNECT_TIMEOUT ?? String(CONNECT_SECONDS),
    PGCLIENTENCODING: 'UTF8',
    PGAPPNAME: 'onetrace',
    ...(connection.password === null ? {} : { PGPASSWORD: connection.password }),
  };
  try {
    const options = { env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 16 * 2 ** 20 } as const;
    const asked = promisify(execFile)('psql', args, options);
    asked.child.stdin?.end();
    return { answer: read((await asked).stdout), hopeless: false };
  } catch (error) {
    return describe(error as Failed);
  }
}

/** Two JSON values, one after the other: the plan, then (where the database knows any) the sizes. */
function read(printed: string): Answer {
  const end = printed.indexOf('\n]\n') + 2;
  const [explained] = JSON.parse(printed.slice(0, end)) as [{ Plan: PlanNode }];
  const sizes = printed.slice(end).trim();
  const known = sizes === '' ? [] : (JSON.parse(sizes) as Omit<TableSize, 'precision'>[]);
  const tables = known.map((each): TableSize => ({ ...each, precision: 'estimate' }));
  return { plan: { system: 'postgresql', root: explained.Plan }, tables };
}

/** What `execFile` throws. */
interface Failed {
  /** How psql ended, or the system's word for why it did not start. */
  code?: number | string | null;
  killed?: boolean;
  stderr?: string;
}

/** psql ends with 2 when it has no connection. */
function describe({ code, killed, stderr = '' }: Failed): { answer: Answer; hopeless: boolean } {
  if (code === 'ENOENT')
    return { answer: { unknown: 'psql is not installed (Debian: postgresql-client)' }, hopeless: true };
  if (killed) return { answer: { unknown: `no answer within ${TIMEOUT_MS / 1000} s` }, hopeless: true };
  // Before it there may be warnings, such as about who else may read ~/.pgpass.
  const line = stderr.split('\n').find((each) => each !== '' && !/^(?:WARNING|NOTICE)/.test(each)) ?? '';
  const said = line.replace(/^(?:psql: (?:error: )?|[A-Z]+: {2})+/, '');
  if (said !== '') return { answer: { unknown: said }, hopeless: code === 2 };
  // It ended well, or by a signal that was not ours.
  return {
    answer: { unknown: typeof code === 'number' ? `psql ended with ${code}` : 'psql printed no plan' },
    hopeless: false,
  };
}
