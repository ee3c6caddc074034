import pWaitFor, { TimeoutError } from 'p-wait-for';
import { assess, type Completeness, type Expectation } from '../../analysis/completeness.ts';
import type { Trace, Warning } from '../../model/trace.ts';
import { parseOtlp } from '../../parse/otlp.ts';
import type { JaegerSource } from '../../sources/jaeger.ts';

/** What Jaeger had of a trace when the waiting ended. */
export interface Arrived {
  /** Jaeger's answer as it came; null when it never knew the trace. */
  raw: string | null;
  trace: Trace | null;
  warnings: Warning[];
  completeness: Completeness;
}

/**
 * Spans come in batches, over different ways, and nothing announces the last one: a trace counts as complete when every hop
 * is there, no span lacks its parent, and nothing more has come for this long.
 */
const quietMs = 250;
const pollMs = 50;

/** Polls until the trace is complete, or returns what there is when the deadline has passed. */
export async function awaitTrace(
  jaeger: JaegerSource,
  traceId: string,
  expectation: Expectation,
  deadlineMs: number,
): Promise<Arrived> {
  let arrived = interpret(null, expectation);
  let unchangedSince = performance.now();
  const look = async (): Promise<boolean> => {
    const raw = await jaeger.trace(traceId);
    const seen = arrived.trace?.spans.length;
    arrived = interpret(raw, expectation);
    if (arrived.trace?.spans.length !== seen) unchangedSince = performance.now();
    return arrived.completeness.complete && performance.now() - unchangedSince >= quietMs;
  };
  try {
    await pWaitFor(look, { interval: pollMs, timeout: deadlineMs });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  return arrived;
}

function interpret(raw: string | null, expectation: Expectation): Arrived {
  const { traces, warnings } = raw === null ? { traces: [], warnings: [] } : parseOtlp(raw);
  const trace = traces[0] ?? null;
  return { raw, trace, warnings, completeness: assess(trace, expectation) };
}
