import { hostname } from 'node:os';
import { absent, reason } from '../failure.ts';
import type { Exchange } from './curl/send.ts';
import type { TraceContext } from './trace-context.ts';

/**
 * Hands curl's span, the root of the trace, to the Collector over OTLP/HTTP.
 * @throws Failure when the Collector is not there or refuses it
 */
export async function deliver(exchange: Exchange, context: TraceContext, otlpHttpPort: number): Promise<void> {
  const url = `http://127.0.0.1:${otlpHttpPort}/v1/traces`;
  const problem = await post(url, JSON.stringify(curlSpan(exchange, context)));
  if (problem === null) return;
  throw absent({
    expected: `the Collector to take curl's span on ${url}`,
    got: problem,
    next: 'make status, then make up (the request itself was answered)',
  });
}

async function post(url: string, body: string): Promise<string | null> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(5000) });
    return response.ok ? null : `status ${response.status}: ${(await response.text()).slice(0, 200)}`;
  } catch (error) {
    return reason(error);
  }
}

/** As OTLP JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function curlSpan({ facts, startNs, endNs }: Exchange, context: TraceContext): object {
  const failed = facts.status !== null && facts.status >= 400; // semantic conventions: 4xx is an error for a client
  const attributes = [
    text('http.request.method', facts.method),
    text('url.full', facts.url),
    int('http.response.status_code', facts.status),
    int('http.response.body.size', facts.bytes),
    int('http.request.resend_count', facts.redirects || null),
    ...Object.entries(facts.times ?? {}).map(([phase, ms]) => double(`onetrace.curl.${phase}_ms`, ms)),
  ];
  const span = {
    traceId: context.traceId,
    spanId: context.spanId,
    traceState: context.tracestate,
    name: facts.method,
    kind: 3, // SPAN_KIND_CLIENT
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(endNs),
    attributes: attributes.filter((attribute) => attribute !== null),
    status: failed ? { code: 2 } : {},
  };
  return {
    resourceSpans: [
      {
        // The host tells a reader of the trace which spans share a clock.
        resource: { attributes: [text('service.name', 'curl'), text('host.name', hostname())] },
        scopeSpans: [{ scope: { name: 'onetrace' }, spans: [span] }],
      },
    ],
  };
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const double = (key: string, value: number) => ({ key, value: { doubleValue: value } });
const int = (key: string, value: number | null) =>
  value === null ? null : { key, value: { intValue: String(value) } };
