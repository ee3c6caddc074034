import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import parseWords from 'string-argv';
import { absent, misuse } from '../failure.ts';
import type { RequestFacts } from '../model/request.ts';
import type { TraceContext } from './trace-context.ts';

/** A finished request: what curl says of it, and when it happened. */
export interface Exchange {
  facts: RequestFacts;
  /** ns since 1970. */
  startNs: bigint;
  endNs: bigint;
}

/** Options that would take away what we read from curl, or make it send more than this one request. */
const ours = {
  long: [
    '--write-out',
    '--output',
    '--output-dir',
    '--remote-name',
    '--remote-name-all',
    '--config',
    '--next',
    '--parallel',
    '--stderr',
    '--url',
  ],
  short: 'woOK:ZT',
  headers: /^(traceparent|tracestate|x-onetrace-key)\s*:/i,
};
/** Short options whose value is the rest of the word, or the next one. */
const shortWithValue = 'AbCcdDeEFhHKmoPQrtTuUwxXYyz';

/**
 * Splits `CURL='-X POST -d "a b"'` as a shell would.
 * @throws Failure (usage) for options that cannot go together with the measurement.
 */
export function curlOptions(words: string): string[] {
  const options = parseWords(words);
  const clash = options.find((option) => takesOurs(option)) ?? options.find((option) => ours.headers.test(option));
  if (clash !== undefined) {
    throw misuse({
      expected: 'CURL to hold options of the one request (method, headers, data, --location, --max-time …)',
      got: clash,
      next: 'leave it out: the measurement needs that itself',
    });
  }
  return options;
}

/** Long options may be shortened (`--outp`), short ones joined to each other and to their value (`-sSo/tmp/x`). */
function takesOurs(option: string): boolean {
  if (/^--[a-z]/.test(option)) return option.length > 4 && ours.long.some((long) => long.startsWith(option));
  if (!/^-[^-]/.test(option)) return false;
  for (const letter of option.slice(1)) {
    if (ours.short.includes(letter)) return true;
    if (shortWithValue.includes(letter)) return false;
  }
  return false;
}

/**
 * @returns the URL as it is requested
 * @throws Failure (usage) when it is missing, malformed, or not http(s)
 */
export function requestUrl(given: string | undefined): string {
  const example = 'make trace URL=http://127.0.0.1:8080/freedevtools/svg_icons/';
  if (given === undefined || given === '') throw misuse({ expected: 'a URL', got: 'none', next: example });
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw misuse({
      expected: 'a URL that begins with http:// or https://',
      got: `"${given}"`,
      next: /^[\w.-]+(:\d+)?(\/|$)/.test(given) ? `make trace URL=http://${given}` : example,
    });
  }
  return url.href;
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

const isLoopback = (url: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

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

/**
 * curl's absolute start. It logs `08:49:39.577311 *   Trying …` when the name has been looked up, but older versions take the
 * fraction of the second from the monotonic clock and the newer ones from real time, so that only the fraction can be used:
 * it has to fall between the start of the process and the latest possible begin, for one of the two clocks.
 *
 *   spawned ├──── loading ────┤ start ├── total ──┤ exited        window = spawned … exited − total
 */
export function startOf(log: string, namelookup: number, window: Window): bigint {
  const micros = log.match(/^\d\d:\d\d:\d\d\.(\d{6}) \*\s+Trying /m)?.[1];
  if (micros === undefined) return window.latestNs;
  const fraction = BigInt(micros) * 1000n - seconds(namelookup);
  const candidates = [0n, window.monotonicOffsetNs]
    .map((offset) => window.latestNs - mod(window.latestNs - offset - fraction, second))
    .filter((candidate) => candidate >= window.earliestNs);
  return candidates.toSorted((a, b) => (a < b ? 1 : -1))[0] ?? window.latestNs;
}

/** When curl can have begun; ns since 1970. */
export interface Window {
  earliestNs: bigint;
  latestNs: bigint;
  /** Real time minus monotonic time. */
  monotonicOffsetNs: bigint;
}

const second = 1_000_000_000n;
const mod = (a: bigint, n: bigint): bigint => ((a % n) + n) % n;
const seconds = (value: number): bigint => BigInt(Math.round(value * 1e6)) * 1000n;

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

/** Semantic conventions: `url.full` must not hold a user name or a password, and a screen should not either. */
export function withoutCredentials(url: string): string {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  return copy.href;
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
