import { misuse } from '../../failure.ts';
import type { Database } from './database.ts';
import { isConnection, postgresAt } from './postgresql.ts';
import { sqliteAt } from './sqlite.ts';

export type { Database } from './database.ts';

/**
 * The databases that the user has named. Nothing is opened before it is asked.
 * @param given paths of SQLite files, and URLs or connection strings as psql takes them
 * @throws Failure (usage) for what can be neither, and for two of one kind
 */
export function databasesAt(given: readonly string[]): Database[] {
  const databases = given.map((each) => (isConnection(each) ? postgresAt(each) : sqliteAt(path(each))));
  if (new Set(databases.map(({ system }) => system)).size === databases.length) return databases;
  throw misuse({
    expected: 'at most one SQLite file and one PostgreSQL database to ask',
    got: databases.map(({ system }) => system).join(', '),
    next: 'give EXPLAIN the one that the trace has come from',
  });
}

function path(given: string): string {
  const scheme = /^([a-z][\w+.-]*):\/\//i.exec(given)?.[1];
  if (scheme === undefined && given !== '') return given;
  throw misuse({
    expected:
      'EXPLAIN to name a SQLite file, or PostgreSQL as psql takes it (postgres://user@host/name or "host=… dbname=…")',
    // Not all of it: there may be a password in it.
    got: scheme === undefined ? 'nothing' : `${scheme}://…`,
    next: 'EXPLAIN=shop.db, or EXPLAIN=postgres://localhost/shop',
  });
}
