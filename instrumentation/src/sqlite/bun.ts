import { createRequire } from 'node:module';
import { patchDatabase, patchStatement } from './patch.ts';

const require = createRequire(import.meta.url);

type Prepare = (this: object, sql: unknown, ...rest: unknown[]) => object;

/**
 * `bun:sqlite`. Its statements have methods of their own, not their class's, and as text they show the values of their parameters: what
 * was prepared is remembered instead.
 */
export function patchBunSqlite(): void {
  const { Database } = require('bun:sqlite') as { Database: { prototype: Record<'prepare' | 'query', Prepare> } };
  const patched = new WeakSet<object>();
  for (const name of ['prepare', 'query'] as const) {
    const prepare = Database.prototype[name];
    Database.prototype[name] = function (sql, ...rest) {
      const statement = Reflect.apply(prepare, this, [sql, ...rest]) as object;
      // `query` keeps what it has prepared, and gives it again.
      if (!patched.has(statement))
        patchStatement(statement, () => String(sql), { lists: ['all', 'values', 'raw'], none: null });
      patched.add(statement);
      return statement;
    };
  }
  patchDatabase(Database.prototype, ['run', 'exec']);
}
