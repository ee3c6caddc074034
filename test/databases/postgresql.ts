import { execFile } from 'node:child_process';
import { chmod, chown, glob, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { which } from 'zx';
import { freePort, scratch, start } from '../processes.ts';

const run = promisify(execFile);

/** A PostgreSQL server of the test's own. */
export interface Server extends AsyncDisposable {
  port: number;
  password: string;
  /** Runs SQL as the superuser `shop` in the database `postgres`, and returns what it prints. */
  sql: (text: string) => Promise<string>;
}

/**
 * Where PostgreSQL's programs are.
 * @returns why they cannot be used, as a sentence
 */
export async function findPostgres(): Promise<{ bin: string } | string> {
  if ((await which('psql', { nothrow: true })) === null) return 'psql is not installed (Debian: postgresql-client)';
  const onPath = await which('initdb', { nothrow: true });
  if (onPath !== null) return { bin: join(onPath, '..') };
  // Debian keeps every version in a directory of its own.
  const found: string[] = [];
  for await (const each of glob('/usr/lib/postgresql/*/bin/initdb')) found.push(each);
  const newest = found.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return newest === undefined ? 'no PostgreSQL server is installed (Debian: postgresql)' : { bin: join(newest, '..') };
}

/** A password that shows whether it is decoded, and whether it is printed. */
const password = 'ge/heim@9';

/** Starts a server on a free port of 127.0.0.1, and ends it without a trace. */
export async function startPostgres(bin: string): Promise<Server> {
  const folder = await scratch();
  const home = join(folder.path, 'home');
  const who = await unprivileged();
  await chmod(folder.path, 0o755);
  await mkdir(home, { mode: 0o700 });
  const secret = join(home, 'password');
  await writeFile(secret, password, { mode: 0o600 });
  if (who !== null) for (const each of [secret, home]) await chown(each, who.uid, who.gid);
  const data = join(home, 'data');
  const fixed = ['--username=shop', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await run(join(bin, 'initdb'), [...fixed, `--pwfile=${secret}`, `--pgdata=${data}`], {
    ...who,
    cwd: home,
  });

  const port = await freePort();
  const env = { ...process.env, PGPASSWORD: password };
  const target = ['-X', '-q', '-A', '-t', '-h', '127.0.0.1', '-p', String(port), '-U', 'shop', '-d', 'postgres'];
  const sql = async (text: string) =>
    (await run('psql', [...target, '-v', 'ON_ERROR_STOP=1', '-c', text], { env })).stdout.trim();
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, 'fsync=off', 'jit=off'];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])];
  const server = await start(join(bin, 'postgres'), args, { ...who, cwd: home }, () => sql('SELECT 1'));
  const stop = async () => {
    await server.stop('SIGINT'); // at once, whoever is connected
    await folder[Symbol.asyncDispose]();
  };
  return { port, password, sql, [Symbol.asyncDispose]: stop };
}

/** PostgreSQL refuses to run as root. */
async function unprivileged(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const [uid, gid] = await Promise.all(['-u', '-g'].map((what) => run('id', [what, 'nobody'])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}
