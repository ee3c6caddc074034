import { randomBytes } from 'node:crypto';

/** W3C Trace Context of one request of ours. https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  traceId: string;
  spanId: string;
  traceparent: string;
  tracestate: string;
}

/** A new, sampled trace that is marked to be kept (`force`), or to be kept and profiled. */
export function newTraceContext(mark: 'force' | 'profile' = 'force'): TraceContext {
  const traceId = randomHex(16);
  const spanId = randomHex(8);
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01`, tracestate: `onetrace=${mark}` };
}

/** A trace that nobody is to record: for requests that only warm things up. */
export function untracedContext(): TraceContext {
  const { traceId, spanId } = newTraceContext();
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-00`, tracestate: '' };
}

/** All zeros mean "no id". */
function randomHex(bytes: number): string {
  const hex = randomBytes(bytes).toString('hex');
  return /[^0]/.test(hex) ? hex : randomHex(bytes);
}
