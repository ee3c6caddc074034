import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import pWaitFor from 'p-wait-for';
import type { Proc, ProcessDescription, StartOptions } from 'pm2';
import { absent } from '../failure.ts';
import { hasOurHome } from './leftovers.ts';
import { pm2Home } from './paths.ts';

/** The stack's own PM2: the programmatic API as promises, on a PM2_HOME of the checkout's own. */
export interface Supervisor {
  list(): Promise<ProcessDescription[]>;
  start(what: string | StartOptions): Promise<Proc>;
  remove(name: string): Promise<void>;
}

/** Connects to the daemon (starting it when there is none), runs `work`, and disconnects whatever happens. */
export async function withSupervisor<T>(work: (supervisor: Supervisor) => Promise<T>): Promise<T> {
  const pm2 = await load();
  await promised<void>((done) => pm2.connect(done));
  try {
    return await work({
      list: () => promised((done) => pm2.list(done)),
      start: (what) => promised((done) => (typeof what === 'string' ? pm2.start(what, done) : pm2.start(what, done))),
      remove: async (name) => void (await promised((done) => pm2.delete(name, done))),
    });
  } finally {
    pm2.disconnect();
  }
}

/**
 * Ends the daemon and everything it supervises, also what a daemon that was killed has left behind. Idempotent.
 * By signal, not by PM2's client: that one sometimes goes on trying to reconnect to the daemon it has just ended (7.0.4).
 */
export async function endSupervisor(): Promise<void> {
  const daemon = daemonPid();
  const supervised = pidsOnFile();
  if (daemon === null) for (const pid of supervised) process.kill(pid, 'SIGTERM');
  else process.kill(daemon, 'SIGTERM');
  const all = daemon === null ? supervised : [daemon, ...supervised];
  await pWaitFor(() => !all.some(isAlive), { interval: 50, timeout: longestFarewellMs }).catch(() => {
    throw absent({
      expected: `processes ${all.filter(isAlive).join(', ')} to end within ${longestFarewellMs / 1000} s`,
      got: 'them still running',
      next: `see ${join(pm2Home(), 'pm2.log')}, then end them: kill -9 ${all.filter(isAlive).join(' ')}`,
    });
  });
  for (const file of ['pm2.pid', 'rpc.sock', 'pub.sock', 'dump.pm2']) rmSync(join(pm2Home(), file), { force: true });
}

/** More than the kill_timeout of any of the processes. */
const longestFarewellMs = 30_000;

/** Null when no daemon of ours runs. */
export function daemonPid(): number | null {
  const pid = readPid(join(pm2Home(), 'pm2.pid'));
  return pid !== null && isAlive(pid) && isDaemon(pid) ? pid : null;
}

/** The file may be older than the last reboot, and its number somebody else's by now. PM2's daemon names itself in its title. */
function isDaemon(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes('God Daemon') && stdout.includes(pm2Home());
}

/** Whoever owns the directory owns the socket that starts processes. It matters where it lies in a directory that all share. */
function assertOwn(directory: string): void {
  const { uid } = statSync(directory);
  if (uid === process.getuid?.()) return;
  throw absent({
    expected: `${directory} to belong to you`,
    got: `user ${uid}`,
    next: 'run the stack as the user who started it, or remove that directory',
  });
}

/** PM2 reads PM2_HOME when it is loaded and says what it does unless told not to: hence the late import. */
async function load() {
  await mkdir(pm2Home(), { recursive: true, mode: 0o700 });
  assertOwn(pm2Home());
  Object.assign(process.env, { PM2_HOME: pm2Home(), PM2_PROGRAMMATIC: 'true', PM2_DISCRETE_MODE: 'true' });
  return (await import('pm2')).default;
}

/**
 * A pid file outlives its process, and the number may belong to somebody else by then: only what was started by us counts. Where that
 * cannot be told (no /proc), nothing is touched. */
function pidsOnFile(): number[] {
  const directory = join(pm2Home(), 'pids');
  if (!existsSync(directory)) return [];
  const pids = readdirSync(directory).map((file) => readPid(join(directory, file)));
  return pids.filter((pid): pid is number => pid !== null && isAlive(pid) && hasOurHome(pid));
}

function readPid(file: string): number | null {
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8'));
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // another user's
  }
}

function promised<T>(call: (done: (error: unknown, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    call((error, value) =>
      error ? reject(error instanceof Error ? error : new Error(String(error))) : resolve(value as T),
    ),
  );
}

/** PM2's own version, for the table that `make up` prints. */
export const pm2Version = (createRequire(import.meta.url)('pm2/package.json') as { version: string }).version;
