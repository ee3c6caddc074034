import type { Warning } from '../../model/trace.ts';
import { buildProfile } from '../../report/build-profile.ts';
import type { ProfileReport } from '../../report/profile.ts';
import type { Settings } from '../../settings.ts';
import type { CurlRequest } from '../../sources/curl/send.ts';
import { withoutCredentials } from '../../sources/curl/url.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { type Complete, collectAll, isComplete } from '../trace/collect.ts';
import { describeLosses, nothingToMeasure } from '../trace/losses.ts';
import { shootAll } from '../trace/shoot.ts';
import type { Size } from '../trace/size.ts';
import { startProfilers } from './warm-up.ts';

export interface Measured {
  profile: ProfileReport;
  requests: readonly Complete[];
  /** What is not among the figures, and what to check; null: nothing. */
  losses: string | null;
}

type Step = <T>(
  title: string,
  run: (report: (line: string) => void) => Promise<T>,
  describe: (result: T) => string,
) => Promise<T>;

/**
 * @param step shows what is done meanwhile
 * @throws Failure when there was no answer, or no complete trace at all
 */
export async function measure(
  request: Omit<CurlRequest, 'context'>,
  size: Size,
  settings: Settings,
  step: Step,
): Promise<Measured> {
  await step(
    'warm-up, not counted',
    (report) => startProfilers(request, settings, report),
    (said) => said,
  );
  const { answered, failures } = await step(
    `${size.sent} × curl ${withoutCredentials(request.url)}`,
    (report) => shootAll(request, size, settings, report, 'profile'),
    (shots) => `${shots.answered.length} answers`,
  );
  const collected = await step(
    'their traces',
    (report) => collectAll(request.url, answered, settings, report),
    (all) => `${all.filter(isComplete).length} complete`,
  );
  const requests = collected.filter(isComplete);
  const [first] = requests;
  if (!first) throw nothingToMeasure(collected, failures, settings);
  const page = await jaegerOn(settings.ONETRACE_JAEGER_UI_PORT).link('');
  const profile = buildProfile({
    url: first.exchange.facts.url,
    method: first.exchange.facts.method,
    concurrency: size.concurrency,
    requests: requests.map(({ arrived, exchange }) => ({ trace: arrived.trace, request: exchange.facts })),
    failed: size.sent - requests.length,
    warnings: [...notSuccessful(requests), ...distinct(requests.flatMap(({ arrived }) => arrived.warnings))],
    linksOf: ({ traceId }) => ({ jaeger: page && `${page}${traceId}`, file: null }),
  });
  const losses = requests.length === size.sent ? null : describeLosses(collected, failures, size.sent, settings);
  return { profile, requests, losses };
}

/** The page may be fast because it is not there. */
function notSuccessful(requests: readonly Complete[]): Warning[] {
  const groups = Map.groupBy(requests, ({ exchange }) => exchange.facts.status);
  const others = [...groups].filter(([status]) => status === null || status < 200 || status > 299);
  return others.map(([status, all]) => ({
    code: 'not-successful',
    message: `${all.length} of ${requests.length} requests were answered with ${status ?? 'nothing'}`,
    spanIds: [],
  }));
}

/** What is odd about one trace is odd about most of them. */
function distinct(warnings: readonly Warning[]): Warning[] {
  return [...Map.groupBy(warnings, ({ code }) => code)].map(([code, all]) => {
    const [{ message } = { message: '' }] = all;
    return { code, message: all.length === 1 ? message : `${message} (in ${all.length} traces)`, spanIds: [] };
  });
}
