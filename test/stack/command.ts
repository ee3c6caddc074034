import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Report } from '../../scripts/report/schema.ts';

export const root = resolve(import.meta.dirname, '../..');
export const site = 'http://127.0.0.1:8080';
export const icon = `${site}/freedevtools/svg_icons/8bit/alien/`;

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Variables that mean something to make, and to whoever runs the tests perhaps something else. */
const ofMake =
  /^(MODE|URL|JSON|CURL|OPEN|HTML|OUT|N|C|S|FILE|A|B|ROUTE|BUDGET|EXPLAIN|JUNIT|SUMMARY|GITHUB_STEP_SUMMARY)$/;

/** Runs the command line as a user does, with nothing of the caller's own variables. `input` goes to its standard input. */
export function onetrace(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ran> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ofMake.test(name) && !/^ONETRACE_(?!.*(_BIN|CACHE)$)/.test(name)),
  );
  return new Promise((done, fail) => {
    const child = spawn('./onetrace', args, { cwd: root, env: { ...inherited, ONETRACE_DEBUG_ROUTES: '1', ...env } });
    child.stdin.on('error', () => undefined).end(input); // who needs none of it may close it
    const ran: Ran = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
    child.once('error', fail);
    child.once('close', (code) => done({ ...ran, code }));
  });
}

/** @throws Error with everything that was printed, when the command does not end with 0 */
export async function succeed(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await onetrace(args, env);
  if (code !== 0) throw new Error(`./onetrace ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

/** One request, traced: the verdict as an object. */
export async function verdict(url: string, ...args: string[]): Promise<Report> {
  return JSON.parse(await succeed(['trace', url, '--json', ...args])) as Report;
}

/** The trace as a nested tree, a line a span: what a test asserts and what it shows when it fails. */
export function tree({ spans }: Pick<Report, 'spans'>): string[] {
  return spans.map(({ depth, service, name }) => `${'  '.repeat(depth)}${service}: ${name}`);
}
