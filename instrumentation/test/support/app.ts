import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pWaitFor from 'p-wait-for';

/** The source, not dist: Node strips the types, and no build has to precede the test. */
export const REGISTER = new URL('../../src/register.ts', import.meta.url).href;
export const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

/** A traced process: nothing of the test's own tracing variables gets into it. */
export class App {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(
    fixture: string,
    env: Record<string, string> = {},
    nodeArgs = ['--import', REGISTER],
    { runtime = process.execPath, args = [] as string[], cwd = process.cwd() } = {},
  ) {
    this.process = spawn(runtime, [...nodeArgs, resolve(FIXTURES, fixture), ...args], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout?.on('data', (chunk) => (this.stdout += chunk));
    this.process.stderr?.on('data', (chunk) => (this.stderr += chunk));
  }

  /** The address, once the server prints its port. */
  async address(): Promise<string> {
    await this.prints(/port (\d+)/);
    return `http://127.0.0.1:${/port (\d+)/.exec(this.stdout)?.[1]}`;
  }

  async prints(pattern: RegExp): Promise<void> {
    await pWaitFor(() => pattern.test(this.stdout) || pattern.test(this.stderr), {
      interval: 10,
      timeout: {
        milliseconds: 30_000,
        fallback: () => {
          throw new Error(`expected ${pattern}; stdout: ${this.stdout}; stderr: ${this.stderr}`);
        },
      },
    });
  }

  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'close');
    return { code: this.process.exitCode, signal: this.process.signalCode };
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended();
  }
}
