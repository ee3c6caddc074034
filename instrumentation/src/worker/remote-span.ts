import type { Attributes, HrTime, SpanContext, SpanStatus, TraceState } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * The span that a message belongs to: `traceId-spanId-flags`, then `;tracestate` if there is one. One short text is cheaper to post than an
 * object, and requests that are not sampled pay for nothing else.
 */
export type Carrier = string;

/** A finished span as it can be posted: plain data only. */
export interface RemoteSpan
  extends Pick<
    ReadableSpan,
    'name' | 'kind' | 'attributes' | 'events' | 'droppedAttributesCount' | 'droppedEventsCount' | 'droppedLinksCount'
  > {
  carrier: Carrier;
  parent: Carrier | undefined;
  startTime: HrTime;
  endTime: HrTime;
  duration: HrTime;
  status: SpanStatus;
  links: { carrier: Carrier; attributes: Attributes | undefined }[];
  scope: { name: string; version: string | undefined };
}

export function toRemote(span: ReadableSpan): RemoteSpan {
  const { name, kind, attributes, events, startTime, endTime, duration, status, instrumentationScope: scope } = span;
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  return {
    ...{ name, kind, attributes, events, startTime, endTime, duration, status },
    ...{ droppedAttributesCount, droppedEventsCount, droppedLinksCount },
    carrier: toCarrier(span.spanContext()),
    parent: span.parentSpanContext && toCarrier(span.parentSpanContext),
    links: span.links.map((link) => ({ carrier: toCarrier(link.context), attributes: link.attributes })),
    scope: { name: scope.name, version: scope.version },
  };
}

export type ParseTraceState = (text: string) => TraceState;

/** A span that processors and exporters cannot tell from one made in this thread. */
export function fromRemote(span: RemoteSpan, resource: ReadableSpan['resource'], parse: ParseTraceState): ReadableSpan {
  const { carrier, parent, links, scope, ...same } = span;
  const spanContext = toSpanContext(carrier, parse);
  return {
    ...same,
    ended: true,
    spanContext: () => spanContext,
    ...(parent ? { parentSpanContext: toSpanContext(parent, parse) } : {}),
    links: links.map((link) => ({
      context: toSpanContext(link.carrier, parse),
      ...(link.attributes ? { attributes: link.attributes } : {}),
    })),
    resource,
    instrumentationScope: known(scope),
  };
}

/** One object for all spans of a scope, as the SDK has it: by that they are put together for the export. */
const scopes = new Map<string, ReadableSpan['instrumentationScope']>();

function known({ name, version }: RemoteSpan['scope']): ReadableSpan['instrumentationScope'] {
  const key = version === undefined ? name : `${name}@${version}`;
  let scope = scopes.get(key);
  if (scope === undefined) {
    scope = version === undefined ? { name } : { name, version };
    scopes.set(key, scope);
  }
  return scope;
}

export function toCarrier({ traceId, spanId, traceFlags, traceState }: SpanContext): Carrier {
  const flags = traceFlags.toString(16).padStart(2, '0');
  return `${traceId}-${spanId}-${flags}${traceState ? `;${traceState.serialize()}` : ''}`;
}

/** Not remote: a thread is no other process, and its spans are no local roots. */
export function toSpanContext(carrier: Carrier, parse: ParseTraceState): SpanContext {
  const traceState = carrier.slice(53);
  return {
    traceId: carrier.slice(0, 32),
    spanId: carrier.slice(33, 49),
    traceFlags: Number.parseInt(carrier.slice(50, 52), 16),
    isRemote: false,
    ...(traceState ? { traceState: parse(traceState) } : {}),
  };
}
