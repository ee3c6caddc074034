import { createRequire, isBuiltin, syncBuiltinESMExports } from 'node:module';
import { patchBunSqlite } from './bun.ts';
import { patchDatabase, patchStatement, textIn } from './patch.ts';

const require = createRequire(import.meta.url);

/** Spans for SQLite in this thread, by whichever driver: node:sqlite, and better-sqlite3 as soon as its native part is loaded. */
export function traceSqlite(): void {
  if (isBuiltin('node:sqlite')) patchNodeSqlite();
  if (isBuiltin('bun:sqlite')) patchBunSqlite();
  whenLoaded((addon) => {
    if (!isBetterSqlite(addon)) return;
    patchStatement(addon.Statement.prototype, (statement) => textIn(statement, 'source'));
    patchDatabase(addon.Database.prototype, ['exec']);
  });
}

function patchNodeSqlite(): void {
  const { DatabaseSync, StatementSync } = quietly(() => require('node:sqlite') as typeof import('node:sqlite'));
  patchStatement(StatementSync.prototype, (statement) => textIn(statement, 'sourceSQL'));
  patchDatabase(DatabaseSync.prototype, ['exec']);
  syncBuiltinESMExports();
}

/** Where node:sqlite is still called experimental, loading it says so on stderr; an app that does not use it must not hear of it. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

interface BetterSqlite {
  Statement: { prototype: object };
  StatementIterator: unknown;
  Database: { prototype: object };
}

function isBetterSqlite(addon: unknown): addon is BetterSqlite {
  const { Statement, StatementIterator, Database } = (addon ?? {}) as Partial<BetterSqlite>;
  return [Statement, StatementIterator, Database].every((part) => typeof part === 'function');
}

/**
 * Every native addon comes through here, whether its package was required, imported or bundled. better-sqlite3 keeps the prototype of
 * its statements to itself; the addon exports it.
 */
function whenLoaded(use: (addon: unknown) => void): void {
  const { dlopen } = process;
  process.dlopen = function (this: unknown, module: { exports: unknown }, ...rest: unknown[]) {
    Reflect.apply(dlopen, this, [module, ...rest]);
    use(module.exports);
  } as typeof dlopen;
}
