import pMap from 'p-map';
import { exitCode, Failure, reason } from '../../failure.ts';
import type { Settings } from '../../settings.ts';
import { deliver } from '../../sources/collector.ts';
import { type CurlRequest, type Exchange, send } from '../../sources/curl/send.ts';
import { newTraceContext, type TraceContext, untracedContext } from '../../sources/trace-context.ts';
import type { Size } from './size.ts';

/** A request that was answered. */
export interface Shot {
  context: TraceContext;
  exchange: Exchange;
}

export interface Shots {
  /** In the order they were sent. */
  answered: Shot[];
  /** Why the others had no answer. */
  failures: string[];
}

/** Sends requests that are not recorded, one after the other. */
export async function warmUp(request: Omit<CurlRequest, 'context'>, times: number): Promise<void> {
  for (let sent = 0; sent < times; sent += 1) await send({ ...request, context: untracedContext() });
}

/**
 * Sends the same request many times, each with a trace of its own. Nothing else happens meanwhile: looking for the traces would
 * cost the stack time that is being measured.
 * @param mark whether they ask for samples too
 * @throws Failure when the request cannot be meant, or the Collector is not there
 */
export async function shootAll(
  request: Omit<CurlRequest, 'context'>,
  { sent, concurrency }: Size,
  settings: Settings,
  report: (line: string) => void,
  mark: 'force' | 'profile' = 'force',
): Promise<Shots> {
  const failures: string[] = [];
  let done = 0;
  const shoot = async (): Promise<Shot | null> => {
    const context = newTraceContext(mark);
    const exchange = await send({ ...request, context }).catch((error: unknown) => {
      if (!(error instanceof Failure) || error.code === exitCode.usage) throw error;
      failures.push(reason(error));
      return null;
    });
    if (exchange) await deliver(exchange, context, settings.ONETRACE_OTLP_HTTP_PORT);
    done += 1;
    report(
      `${done} of ${sent}: ${exchange ? `${exchange.facts.status} in ${exchange.facts.times?.total} ms` : 'no answer'}`,
    );
    return exchange && { context, exchange };
  };
  const shots: (Shot | null)[] = await pMap(Array.from({ length: sent }), shoot, { concurrency });
  return { answered: shots.filter((shot) => shot !== null), failures };
}
