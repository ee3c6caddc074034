import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absent, misuse } from '../../failure.ts';
import type { RequestFacts } from '../../model/request.ts';
import type { TraceContext } from '../trace-context.ts';
import { seconds, startOf } from './start.ts';
import { isLoopback, withoutCredentials } from './url.ts';

/** A finished request: what curl says of it, and when it happened. */
export interface Exchange {
  facts: RequestFacts;
  /** ns since 1970. */
  startNs: bigint;
  endNs: bigint;
}

export interface CurlRequest {
  url: string;
  options: readonly string[];
  context: TraceContext;
  /** Value of the `x-onetrace-key` header; empty: none. Sent to this machine or over TLS only. */
  key: string;
}

/** Everything on curl's command line. `--disable` first: a ~/.curlrc must not change what is measured. */
export function curlArguments({ url, options, context }: CurlRequest, keyFile: string | null): string[] {
  return [
    '--disable',
    '--silent',
    '--show-error',
    '--verbose', // with --trace-time: the only way to learn when curl began
    '--trace-time',
    '--globoff', // a [ or { of the URL is part of it
    ...(isLoopback(url) ? ['--noproxy', '*'] : []), // http_proxy is for elsewhere
    ...['--output', '/dev/null'],
    ...['--write-out', '%{json}'],
    ...['--max-time', '120'],
    ...['--header', `traceparent: ${context.traceparent}`],
    ...['--header', `tracestate: ${context.tracestate}`],
    ...(keyFile === null ? [] : ['--header', `@${keyFile}`]),
    ...options,
    ...['--url', url],
  ];
}

/**
 * Sends the request with the real curl.
 * @throws Failure when there was no HTTP answer at all
 */
export async function send(request: CurlRequest): Promise<Exchange> {
  const { stdout, stderr, code, spawnedNs, exitedNs } = await withKeyFile(request, (keyFile) =>
    run(curlArguments(request, keyFile)),
  );
  const summary = parseSummary(stdout);
  if (summary === null || !(code === 0 || code === failedByStatus)) throw noAnswer(request.url, code, stdout, stderr);
  const totalNs = seconds(summary.time_total);
  const monotonicOffsetNs = epochNs() - process.hrtime.bigint();
  const window = { earliestNs: spawnedNs, latestNs: exitedNs - totalNs, monotonicOffsetNs };
  const startNs = startOf(stderr, summary.time_namelookup, window);
  return { facts: factsOf(request.url, summary), startNs, endNs: startNs + totalNs };
}

/** `--fail`: the answer was 400 or above, and an answer it was. */
const failedByStatus = 22;

/** The key in a file that only we can read: curl's command line is there for everybody to see. */
async function withKeyFile<T>({ url, key }: CurlRequest, work: (file: string | null) => Promise<T>): Promise<T> {
  if (key === '' || !(isLoopback(url) || url.startsWith('https:'))) return work(null);
  const directory = await mkdtemp(join(tmpdir(), 'onetrace-'));
  try {
    const file = join(directory, 'header');
    await writeFile(file, `x-onetrace-key: ${key}\n`, { mode: 0o600 });
    return await work(file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The members of curl's `--write-out '%{json}'` that are read here; times in seconds since curl began (curl 7.70 and newer). */
interface Summary {
  method: string;
  http_code: number;
  size_download: number;
  num_redirects: number;
  redirect_url: string | null;
  time_namelookup: number;
  time_connect: number;
  time_appconnect: number;
  time_pretransfer: number;
  time_starttransfer: number;
  time_total: number;
}

function parseSummary(stdout: string): Summary | null {
  try {
    return JSON.parse(stdout) as Summary;
  } catch {
    return null;
  }
}

function factsOf(url: string, summary: Summary): RequestFacts {
  const ms = (value: number) => Math.round(value * 1e6) / 1e3;
  return {
    url: withoutCredentials(url),
    method: summary.method,
    status: summary.http_code === 0 ? null : summary.http_code,
    bytes: summary.size_download,
    redirects: summary.num_redirects,
    redirectUrl: summary.redirect_url || null,
    times: {
      namelookup: ms(summary.time_namelookup),
      connect: ms(summary.time_connect),
      appconnect: ms(summary.time_appconnect),
      pretransfer: ms(summary.time_pretransfer),
      starttransfer: ms(summary.time_starttransfer),
      total: ms(summary.time_total),
    },
  };
}

function noAnswer(url: string, code: number | null, stdout: string, stderr: string) {
  const several = stdout.includes('}{') ? 'several requests: CURL holds a second URL' : undefined;
  const said = several ?? stderr.match(/^curl: (.*)$/m)?.[1] ?? `exit code ${code} and no message`;
  const text = { expected: `an HTTP answer from ${withoutCredentials(url)}`, got: `curl: ${said}` };
  if (several !== undefined || code === 2 || code === 3) return misuse({ ...text, next: 'correct URL= or CURL=' });
  const next: Record<number, string> = {
    6: 'check the host name',
    7: 'is the stack up? make status, then make up',
    28: 'raise the limit: CURL="--max-time 300"',
    52: 'the server closed the connection: see make logs S=nginx and make logs S=app',
  };
  return absent({ ...text, next: next[code ?? -1] ?? 'try the same with curl -v' });
}

interface Output {
  stdout: string;
  stderr: string;
  code: number | null;
  /** ns since 1970. */
  spawnedNs: bigint;
  exitedNs: bigint;
}

function run(args: string[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    const spawnedNs = epochNs();
    const child = spawn('curl', args, { stdio: ['inherit', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // A long body writes a log line for each chunk; the lines that matter are the first ones and the last.
      if (output.stderr.length < 1_000_000 || text.includes('curl: (')) output.stderr += text;
    });
    child.once('error', (cause) =>
      reject(absent({ expected: 'curl on PATH', got: cause.message, next: 'install curl 7.70 or newer' }, cause)),
    );
    child.once('close', (code) => resolve({ ...output, code, spawnedNs, exitedNs: epochNs() }));
  });
}

/** ns since 1970, µs resolution. */
const epochNs = (): bigint => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
