import { join, relative, resolve } from 'node:path';
import { absent, type ExitCode, exitCode } from '../../failure.ts';
import type { Warning } from '../../model/trace.ts';
import { withStep } from '../../progress.ts';
import { renderProfileText } from '../../render/profile/text.ts';
import { buildProfile } from '../../report/build-profile.ts';
import type { ProfileReport } from '../../report/profile.ts';
import type { Settings } from '../../settings.ts';
import { curlOptions, requestUrl } from '../../sources/curl/options.ts';
import { withoutCredentials } from '../../sources/curl/url.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { paths } from '../../stack/paths.ts';
import { collect, type Profiled, sendMany, type Target } from './requests.ts';
import { type ProfileSize, readSize } from './size.ts';
import { warmUp } from './warm-up.ts';
import { files, makeDirectory, writeProfile } from './write.ts';

export interface ProfileOptions {
  url: string | undefined;
  /** Further options for curl, as a shell would read them. */
  curl: string;
  /** N=, as it was given. */
  requests: string;
  /** C=, as it was given. */
  concurrency: string;
  /** OUT=: where to write the files; relative to where the user stands. */
  out: string | undefined;
  json: boolean;
  /** Columns of the terminal. */
  width: number;
  colour: boolean;
  /** Progress on stderr, for a person who waits. */
  progress: boolean;
}

/** Sends one request many times, and says where the time of all of them went. */
export async function profile(settings: Settings, options: ProfileOptions): Promise<{ text: string; code: ExitCode }> {
  const size = readSize(options.requests, options.concurrency);
  const target = { url: requestUrl(options.url), options: curlOptions(options.curl) };
  const directory = await makeDirectory(options.out ? resolve(options.out) : join(paths.profiles, stamp(target.url)));
  const measured = await measure(target, size, settings, (...step) => withStep(options.progress, ...step));
  await writeProfile(directory, measured.profile, measured.requests);
  const text = options.json
    ? JSON.stringify(measured.profile, null, 2)
    : renderProfileText(measured.profile, { ...options, notes: describeFiles(directory) });
  return { text, code: exitCode.fine };
}

type Step = <T>(
  title: string,
  run: (report: (line: string) => void) => Promise<T>,
  describe: (result: T) => string,
) => Promise<T>;

/**
 * @param step shows what is done meanwhile
 * @throws Failure when there was no answer, or no trace at all
 */
export async function measure(
  target: Target,
  size: ProfileSize,
  settings: Settings,
  step: Step,
): Promise<{ profile: ProfileReport; requests: Profiled[] }> {
  await step(
    'warm-up',
    (report) => warmUp(target, settings, report),
    (said) => said,
  );
  const times = size.concurrency === 1 ? '' : `, ${size.concurrency} at a time`;
  const sent = await step(
    `${size.requests} × curl ${withoutCredentials(target.url)}${times}`,
    (report) => sendMany(target, size, settings, report),
    () => 'answered',
  );
  const collected = await step(
    'their traces',
    (report) => collect(sent, settings, report),
    (all) => `${all.filter(Boolean).length} complete`,
  );
  const requests = collected.filter((one) => one !== null);
  const first = requests[0];
  if (first === undefined) throw nothingArrived(size, settings);
  const jaeger = await jaegerOn(settings.ONETRACE_JAEGER_UI_PORT).link(first.trace.traceId);
  const linksOf = ({ traceId }: { traceId: string }) => ({
    jaeger: jaeger?.replace(first.trace.traceId, traceId) ?? null,
    file: null,
  });
  const report = buildProfile({
    url: first.request.url,
    method: first.request.method,
    concurrency: size.concurrency,
    requests,
    failed: sent.length - requests.length,
    warnings: [...notSuccessful(requests), ...distinct(requests.flatMap(({ warnings }) => warnings))],
    linksOf,
  });
  return { profile: report, requests };
}

/** The page may be fast because it is not there. */
function notSuccessful(requests: readonly Profiled[]): Warning[] {
  const groups = Map.groupBy(requests, ({ request }) => request.status);
  const others = [...groups].filter(([status]) => status === null || status < 200 || status > 299);
  return others.map(([status, all]) => ({
    code: 'not-successful',
    message: `${all.length} of ${requests.length} requests were answered with ${status ?? 'nothing'}`,
    spanIds: [],
  }));
}

/** What is odd about one trace is odd about most of them. */
function distinct(warnings: readonly Warning[]): Warning[] {
  return [...Map.groupBy(warnings, ({ code }) => code).values()].map(([first, ...others]) => {
    const { code, message } = first as Warning;
    return {
      code,
      message: others.length === 0 ? message : `${message} (in ${others.length + 1} traces)`,
      spanIds: [],
    };
  });
}

function nothingArrived({ requests }: ProfileSize, settings: Settings) {
  return absent({
    expected: `complete traces of ${requests} requests in Jaeger within ${settings.ONETRACE_TRACE_TIMEOUT_MS / 1000} s`,
    got: 'none',
    next: 'make trace with the same URL= says which hop is missing',
  });
}

/** `2026-11-21T12-03-44-freedevtools-svg_icons`: sorts by time, and tells which page it was. */
function stamp(url: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const page = new URL(url).pathname
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return page === '' ? time : `${time}-${page}`;
}

function describeFiles(directory: string): string[] {
  const place = relative(process.cwd(), directory) || '.';
  return [
    `In ${place.startsWith('..') ? directory : place}/`,
    `  ${files.page}  flame graph, tables and single requests, for a browser`,
    `  ${files.speedscope} (speedscope.app) · ${files.pprof} (go tool pprof -http=:) · ${files.json} · ${files.traces}`,
  ];
}
