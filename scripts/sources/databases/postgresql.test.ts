import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Question } from '../../model/plan.ts';
import { postgresAt } from './postgresql.ts';

/** What psql itself does is tested on a real server (test/explain.test.ts); here is what it is given, and what becomes of its end. */
let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'onetrace-psql-'));
  vi.stubEnv('PATH', path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(path, { recursive: true });
});

function psql(script: string): void {
  const file = join(path, 'psql');
  writeFileSync(file, `#!${process.execPath}\n${script}`);
  chmodSync(file, 0o755);
}

const question: Question = { system: 'postgresql', statement: 'SELECT 1 FROM t WHERE a = $1', parameters: 1 };

test('psql is not installed', async () => {
  expect(await postgresAt('dbname=x').ask(question)).toEqual({
    unknown: expect.stringMatching(/^psql is not installed/),
  });
});

test('each command is a string of its own, none of which psql reads; the password is no argument', async () => {
  psql(`console.error('ERROR:  ' + JSON.stringify([process.argv.slice(2), process.env.PGPASSWORD])); process.exit(1)`);
  const answer = await postgresAt('postgres://u:geheim@h/x').ask(question);
  const [args, password] = JSON.parse((answer as { unknown: string }).unknown) as [string[], string];
  expect(password).toBe('geheim');
  expect(args.join(' ')).not.toContain('geheim');
  expect(args).toEqual(expect.arrayContaining(['-X', '-w', 'ON_ERROR_STOP=1', 'postgres://u@h/x']));
  const commands = args.filter((_, index) => args[index - 1] === '-c');
  expect(commands.map((command) => command.replace(/_\d+/, '_N'))).toEqual([
    'BEGIN TRANSACTION READ ONLY',
    "SET LOCAL statement_timeout = '3s'",
    "SET LOCAL lock_timeout = '1s'",
    'SET LOCAL plan_cache_mode = force_generic_plan',
    'PREPARE onetrace_N AS SELECT 1 FROM t WHERE a = $1',
    'EXPLAIN (FORMAT JSON) EXECUTE onetrace_N(NULL)',
    'DEALLOCATE onetrace_N',
    expect.stringMatching(/^SELECT [^;$]*pg_locks[^;$]*$/),
    'ROLLBACK',
  ]);
});

test('who does not answer is not asked again; a statement that is refused is', async () => {
  const asked = join(path, 'asked');
  const count = `require('node:fs').appendFileSync(${JSON.stringify(asked)}, 'x');`;
  psql(`${count} console.error('WARNING: odd\\npsql: error: connection failed: refused'); process.exit(2)`);
  const away = postgresAt('dbname=x');
  expect(await away.ask(question)).toEqual({ unknown: 'connection failed: refused' });
  psql(`${count} console.error('ERROR:  no such thing\\nLINE 1'); process.exit(1)`);
  expect(await away.ask(question)).toEqual({ unknown: 'connection failed: refused' });
  expect(await postgresAt('dbname=x').ask(question)).toEqual({ unknown: 'no such thing' });
});

test('what is no plan is no defect of ours', async () => {
  psql(`console.log('hello')`);
  expect(await postgresAt('dbname=x').ask(question)).toEqual({ unknown: 'psql printed no plan' });
});
