import type { Attributes, HrTime, SpanContext, SpanStatus, TraceState } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { copied } from '../spans/attributes.ts';
import { FinishedSpan } from '../spans/finished-span.ts';

/**
 * The span that a message belongs to: `traceId-spanId-flags`, then `;tracestate` if there is one. One short text is cheaper to post than an
 * object, and requests that are not sampled pay for nothing else.
 */
export type Carrier = string;

/** A finished span as it can be posted: plain data only, and what a span usually lacks is left out. */
export interface RemoteSpan {
  name: string;
  kind: number;
  carrier: Carrier;
  /** Its id. A span and its parent are of one trace, and nobody asks for more. */
  parent: string | undefined;
  startTime: HrTime;
  endTime: HrTime;
  attributes: Attributes;
  scope: string;
  version?: string;
  status?: SpanStatus;
  events?: ReadableSpan['events'];
  links?: { carrier: Carrier; attributes: Attributes | undefined }[];
  /** Attributes, events, links. */
  dropped?: [number, number, number];
}

export function toRemote(span: ReadableSpan): RemoteSpan {
  const { name, kind, attributes, events, links, startTime, endTime, status, instrumentationScope: scope } = span;
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  const remote: RemoteSpan = {
    name,
    kind,
    carrier: toCarrier(span.spanContext()),
    parent: span.parentSpanContext?.spanId,
    startTime,
    endTime,
    attributes: ofItsOwn(attributes),
    scope: scope.name,
  };
  if (scope.version !== undefined) remote.version = scope.version;
  if (status.code !== 0) remote.status = status;
  if (events.length > 0) remote.events = events;
  if (links.length > 0)
    remote.links = links.filter(isWhole).map((link) => ({
      carrier: toCarrier(link.context),
      attributes: link.attributes && ofItsOwn(link.attributes),
    }));
  if (droppedAttributesCount + droppedEventsCount + droppedLinksCount > 0)
    remote.dropped = [droppedAttributesCount, droppedEventsCount, droppedLinksCount];
  return remote;
}

/** Until it is posted the app may change a list, or give bytes away with an answer: then nothing could be posted with the span. */
function ofItsOwn(attributes: Attributes): Attributes {
  for (const key in attributes)
    if (typeof attributes[key] === 'object') return copied(attributes, Number.POSITIVE_INFINITY) as Attributes;
  return attributes;
}

/** The SDK takes whatever it is given. */
function isWhole(link: ReadableSpan['links'][number]): boolean {
  return typeof link.context?.traceId === 'string';
}

export type ParseTraceState = (text: string) => TraceState;

/** A span that processors and exporters cannot tell from one made in this thread. */
export function fromRemote(
  remote: RemoteSpan,
  resource: ReadableSpan['resource'],
  parse: ParseTraceState,
): ReadableSpan {
  const { name, kind, startTime, endTime, attributes, parent } = remote;
  const context = toSpanContext(remote.carrier, parse);
  const span = new FinishedSpan({
    ...{ name, kind, context, startTime, endTime, attributes, resource },
    parent: parent === undefined ? undefined : { ...context, spanId: parent },
    scope: known(remote.scope, remote.version),
  });
  if (remote.status !== undefined) span.status = remote.status;
  if (remote.events !== undefined) span.events = remote.events;
  if (remote.links !== undefined)
    span.links = remote.links.map(({ carrier, attributes: told }) => ({
      context: toSpanContext(carrier, parse),
      ...(told ? { attributes: told } : {}),
    }));
  if (remote.dropped !== undefined)
    [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount] = remote.dropped;
  return span;
}

/** One object for all spans of a scope, as the SDK has it: by that they are put together for the export. */
const scopes = new Map<string, ReadableSpan['instrumentationScope']>();

function known(name: string, version: string | undefined): ReadableSpan['instrumentationScope'] {
  const key = version === undefined ? name : `${name}@${version}`;
  let scope = scopes.get(key);
  if (scope === undefined) {
    scope = version === undefined ? { name } : { name, version };
    scopes.set(key, scope);
  }
  return scope;
}

export function toCarrier({ traceId, spanId, traceFlags, traceState }: SpanContext): Carrier {
  const carrier = `${traceId}-${spanId}-${FLAGS[traceFlags] ?? traceFlags.toString(16).padStart(2, '0')}`;
  return traceState ? `${carrier};${traceState.serialize()}` : carrier;
}

/** Hardly anybody has others: not sampled, sampled. */
const FLAGS = ['00', '01'];

/** Not remote: a thread is no other process, and its spans are no local roots. */
export function toSpanContext(carrier: Carrier, parse: ParseTraceState): SpanContext {
  const context: SpanContext = {
    traceId: carrier.slice(0, 32),
    spanId: carrier.slice(33, 49),
    traceFlags: Number.parseInt(carrier.slice(50, 52), 16),
    isRemote: false,
  };
  if (carrier.length > 53) context.traceState = parse(carrier.slice(53));
  return context;
}
