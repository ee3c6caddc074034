import pMap from 'p-map';
import type { RequestFacts } from '../../model/request.ts';
import type { Trace, Warning } from '../../model/trace.ts';
import type { Settings } from '../../settings.ts';
import { deliver } from '../../sources/collector.ts';
import { send } from '../../sources/curl/send.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { newTraceContext, type TraceContext } from '../../sources/trace-context.ts';
import { awaitTrace } from '../trace/await-trace.ts';
import { expectation } from '../trace/expectation.ts';

/** What is sent again and again. */
export interface Target {
  url: string;
  /** Further options for curl. */
  options: readonly string[];
}

export interface Sent {
  context: TraceContext;
  facts: RequestFacts;
}

/** A request and its complete trace. */
export interface Profiled {
  /** Jaeger's answer as it came. */
  raw: string;
  trace: Trace;
  request: RequestFacts;
  warnings: Warning[];
}

/** Waiting is cheap; but each look is a request to Jaeger. */
const lookedForAtOnce = 8;

/**
 * Sends requests that ask for samples.
 * @throws Failure when one of them has no HTTP answer
 */
export async function sendMany(
  target: Target,
  { requests, concurrency }: { requests: number; concurrency: number },
  settings: Settings,
  report: (line: string) => void,
): Promise<Sent[]> {
  let done = 0;
  const one = async (): Promise<Sent> => {
    const context = newTraceContext('profile');
    const exchange = await send({ ...target, context, key: settings.ONETRACE_KEY });
    await deliver(exchange, context, settings.ONETRACE_OTLP_HTTP_PORT);
    done += 1;
    report(`${done} of ${requests}: ${exchange.facts.status} in ${exchange.facts.times?.total} ms`);
    return { context, facts: exchange.facts };
  };
  return pMap(Array.from({ length: requests }), one, { concurrency });
}

/** Waits for the traces; a request whose trace does not become complete in time is null. */
export async function collect(
  sent: readonly Sent[],
  settings: Settings,
  report: (line: string) => void,
): Promise<(Profiled | null)[]> {
  const jaeger = jaegerOn(settings.ONETRACE_JAEGER_UI_PORT);
  let done = 0;
  const one = async ({ context, facts }: Sent): Promise<Profiled | null> => {
    const expected = expectation(facts.url, context, settings);
    const arrived = await awaitTrace(jaeger, context.traceId, expected, settings.ONETRACE_TRACE_TIMEOUT_MS);
    done += 1;
    report(`${done} of ${sent.length}`);
    const { raw, trace, warnings, completeness } = arrived;
    return raw === null || trace === null || !completeness.complete ? null : { raw, trace, request: facts, warnings };
  };
  return pMap(sent, one, { concurrency: lookedForAtOnce });
}
