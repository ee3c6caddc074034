import type { Attributes, Context, Span, SpanContext, TraceState } from '@opentelemetry/api';
import { spanIn } from '../../spans/contexts.ts';
import { newSpanId, newTraceId } from '../../spans/id.ts';
import { areTight, spanLimits } from '../../spans/limits.ts';
import { api, core } from '../api.ts';
import type { SpanMaking } from '../internals.ts';
import { type Incoming, requestAttributes } from './attributes.ts';
import { mishap } from './mishaps.ts';
import { type Maker, ServerSpan } from './own-server-span.ts';

/** Makes the spans of requests that come in, below what `parent` holds. */
export interface ServerTracer {
  startSpan(request: Incoming, scheme: string, parent: Context): Span;
}

/** `SamplingDecision` */
const NOT_RECORD = 0;
const RECORD_AND_SAMPLED = 2;

/** By scope; without `making` it is the API's tracer that makes them. */
export function serverTracers(making: SpanMaking | undefined): (scope: string) => ServerTracer {
  return (scope) => (making === undefined ? new TracerOfApi(scope) : new OwnTracer(scope, making));
}

/**
 * Does for a request what the SDK's tracer does, and knows what that one has to find out: there are no links, the attributes are valid,
 * nobody states a start. What the span says is put together only if anybody records it: none of the samplers that OTEL_TRACES_SAMPLER
 * names looks at more than the parent and the trace id.
 */
class OwnTracer implements ServerTracer {
  readonly #maker: Maker;
  readonly #making: SpanMaking;

  constructor(scope: string, making: SpanMaking) {
    this.#maker = { scope: { name: scope }, resource: making.resource, processors: making.processors };
    this.#making = making;
  }

  startSpan(request: Incoming, scheme: string, at: Context): Span {
    if (core.isTracingSuppressed(at)) return api.trace.wrapSpanContext(api.INVALID_SPAN_CONTEXT);
    const around = spanIn(at)?.spanContext();
    const parent = around !== undefined && api.isSpanContextValid(around) ? around : undefined;
    const name = request.method || 'GET';
    const traceId = parent === undefined ? newTraceId() : parent.traceId;
    const { sampler, counts, processors } = this.#making;
    const sampled = sampler.shouldSample(at, traceId, name, api.SpanKind.SERVER, peerOf(request), []);
    const uncount = counts?.startSpan(around, sampled.decision);
    const context = contextOf(traceId, sampled.decision, sampled.traceState ?? parent?.traceState);
    if (sampled.decision === NOT_RECORD) return api.trace.wrapSpanContext(context);

    const attributes = described(request, scheme);
    const asTheyAre = sampled.attributes === undefined && !areTight(spanLimits);
    const span = new ServerSpan(this.#maker, name, context, parent, asTheyAre ? attributes : {}, uncount);
    if (!asTheyAre) span.setAttributes(Object.assign(peerOf(request), sampled.attributes)).setAttributes(attributes);
    for (const processor of processors) processor.onStart(span, at);
    return span;
  }
}

/** In a version of the SDK that does not show its sampler, and where there is no SDK. */
class TracerOfApi implements ServerTracer {
  readonly #tracer;

  constructor(scope: string) {
    this.#tracer = api.trace.getTracer(scope);
  }

  startSpan(request: Incoming, scheme: string, at: Context): Span {
    const options = { kind: api.SpanKind.SERVER, attributes: peerOf(request) };
    const span = this.#tracer.startSpan(request.method || 'GET', options, at);
    if (span.isRecording()) span.setAttributes(described(request, scheme));
    return span;
  }
}

function described(request: Incoming, scheme: string): Attributes {
  try {
    return requestAttributes(request, scheme);
  } catch (error) {
    mishap(error);
    return peerOf(request);
  }
}

/** The profiler wants to know whom it is about to obey, when the span starts. */
function peerOf({ socket }: Incoming): Attributes {
  const address = socket?.remoteAddress;
  return address === undefined ? {} : { 'network.peer.address': address };
}

function contextOf(traceId: string, decision: number, traceState: TraceState | undefined): SpanContext {
  const spanId = newSpanId();
  const traceFlags = decision === RECORD_AND_SAMPLED ? api.TraceFlags.SAMPLED : api.TraceFlags.NONE;
  return traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
}
