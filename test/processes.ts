import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFree } from '../scripts/stack/ports.ts';

export interface Running {
  /** What it has printed so far, both streams. */
  readonly output: () => string;
  /** Ends it with the signal and waits until it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Starts a program and waits until `ready` stops throwing; a program that ends before that fails at once, with its output. */
export async function start(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  ready: () => Promise<unknown>,
): Promise<Running> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `ended with ${code ?? signal}`;
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (ended !== undefined) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  await waitFor(`${command} to be ready`, ready, () => ended && `${ended}:\n${output()}`).catch(async (error) => {
    await stop('SIGKILL');
    throw error;
  });
  return { output, stop };
}

/** Runs a program to its end. */
export async function run(command: string, args: readonly string[], options: SpawnOptions = {}) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const [code] = await once(child, 'close');
  return { code: code as number, output: output() };
}

/** @param hopeless says why waiting longer is in vain */
export async function waitFor<T>(
  description: string,
  attempt: () => Promise<T>,
  hopeless: () => string | undefined = () => undefined,
): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const reason = hopeless() ?? (Date.now() > deadline ? `30 s are over, last: ${error}` : undefined);
      if (reason !== undefined) throw new Error(`waiting for ${description}: ${reason}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** An empty directory that anybody may enter, because unprivileged servers are tested too. */
export async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'onetrace-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * A port that nobody listens on. Below the range from which the system gives outgoing connections theirs (from 32768 on Linux, 49152
 * elsewhere): one of those can be taken in the time until the program under test listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
}

const handedOut = new Set<number>();

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
