import { createRequire } from 'node:module';
import type { SpanContext } from '@opentelemetry/api';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { ReadableSpan, Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { say } from '../preload/say.ts';
import { api } from './api.ts';

const require = createRequire(import.meta.url);

/**
 * The places where the SDK has no public door. NodeSDK either builds its processors from OTEL_* or takes ours and ignores the
 * variables; adding one beside its own, and hearing how exports went, means reaching in. The version is pinned and a test stands guard.
 */
interface Internals {
  _tracerProvider?: {
    _activeSpanProcessor?: { _spanProcessors?: SpanProcessor[] };
    _resource?: ReadableSpan['resource'];
    getTracer?(name: string): TracerParts;
  };
}

interface TracerParts {
  _sampler?: Sampler;
  _resource?: ReadableSpan['resource'];
  _tracerMetrics?: SpanCounts & { startedSpans?: unknown };
}

/** What the SDK counts of its own doing. */
export interface SpanCounts {
  /** Returns what is to be called at the span's end. */
  startSpan(parent: SpanContext | undefined, decision: number): () => void;
}

/** What decides about a span, and what it says about its process. */
export interface SpanMaking {
  sampler: Sampler;
  resource: ReadableSpan['resource'];
  /** The live list, as `builtProcessors` has it. */
  processors: readonly SpanProcessor[];
  /** Only where somebody collects it. */
  counts: SpanCounts | undefined;
}

/** The live list: what is pushed to it receives spans. Empty and without effect when no traces are exported. */
export function builtProcessors(sdk: NodeSDK): SpanProcessor[] {
  const provider = (sdk as unknown as Internals)._tracerProvider;
  const processors = provider?._activeSpanProcessor?._spanProcessors;
  if (provider !== undefined && processors === undefined)
    say(
      'this version of the OpenTelemetry SDK is unknown: forced traces wait for the batch schedule, outages go unreported',
    );
  return processors ?? [];
}

/** What every span of this process says about it. */
export function resourceOf(sdk: NodeSDK): ReadableSpan['resource'] | undefined {
  return (sdk as unknown as Internals)._tracerProvider?._resource;
}

/** `undefined` when no spans are made, or when they have to be left to the SDK. */
export function spanMakingOf(sdk: NodeSDK): SpanMaking | undefined {
  const provider = (sdk as unknown as Internals)._tracerProvider;
  if (provider === undefined) return undefined;
  const processors = provider._activeSpanProcessor?._spanProcessors;
  const { _sampler: sampler, _resource: resource, _tracerMetrics: counts } = provider.getTracer?.('onetrace') ?? {};
  if (processors && resource && typeof sampler?.shouldSample === 'function' && typeof counts?.startSpan === 'function')
    return { sampler, resource, processors, counts: counts.startedSpans === nobodyCounts() ? undefined : counts };
  say('this version of the OpenTelemetry SDK is unknown: it makes the server spans, which costs more');
  return undefined;
}

/** OTEL_NODE_EXPERIMENTAL_SDK_METRICS asks for them; else all of them are this one. */
function nobodyCounts(): unknown {
  return api.createNoopMeter().createCounter('');
}

export function exporterOf(processor: SpanProcessor): SpanExporter | undefined {
  return (processor as { _exporter?: SpanExporter })._exporter;
}

/** OTEL_BSP_* */
export interface BatchLimits {
  /** Spans in an export. */
  batchSize: number;
  /** Spans that wait to be exported. */
  queueSize: number;
  /** From the first span that waits to its export. */
  delayMs: number;
  /** That an exporter has to answer. */
  timeoutMs: number;
}

interface BatchInternals {
  _maxExportBatchSize?: number;
  _maxQueueSize?: number;
  _scheduledDelayMillis?: number;
  _exportTimeoutMillis?: number;
  _finishedSpans?: { readonly length: number };
  _metrics?: ProcessorMetrics;
}

/** What a batch processor of the SDK goes by; its defaults where that is not to be seen. */
export function batchLimitsOf(processor: SpanProcessor): BatchLimits {
  const { _maxExportBatchSize, _maxQueueSize, _scheduledDelayMillis, _exportTimeoutMillis } =
    processor as BatchInternals;
  return {
    batchSize: _maxExportBatchSize ?? 512,
    queueSize: _maxQueueSize ?? 2048,
    delayMs: _scheduledDelayMillis ?? 5000,
    timeoutMs: _exportTimeoutMillis ?? 30_000,
  };
}

/** Counts for `otel.sdk.processor.span.*`, which OTEL_NODE_EXPERIMENTAL_SDK_METRICS asks for. */
export interface ProcessorMetrics {
  dropSpans(count: number): void;
  /** @param error why they did not arrive */
  finishSpans(count: number, error?: Error): void;
  shutdown(): void;
}

/** Those of a batch processor that another one stands in for; they ask that one from now on how many spans wait. */
export function inheritMetrics(processor: SpanProcessor, queued: () => number): ProcessorMetrics | undefined {
  const replaced = processor as BatchInternals;
  replaced._finishedSpans = {
    get length() {
      return queued();
    },
  };
  return replaced._metrics;
}

/** OTLP exporter → delegate → serializer, and → gRPC transport, which has a client from its first export on. */
interface OtlpExporter {
  _delegate?: {
    _serializer?: object;
    _transport?: { _client?: { close(): void } | undefined };
  };
}

/**
 * Where spans leave as protobuf, by gRPC or HTTP, `serialize` is asked first from now on, and the SDK's serializer about what that one
 * does not know. Returns the exporter if so.
 */
export function replaceSerializer(
  exporter: SpanExporter | undefined,
  serialize: (spans: unknown) => Uint8Array | undefined,
): SpanExporter | undefined {
  const delegate = (exporter as OtlpExporter | undefined)?._delegate;
  const { ProtobufTraceSerializer } =
    require('@opentelemetry/otlp-transformer') as typeof import('@opentelemetry/otlp-transformer');
  if (delegate?._serializer !== ProtobufTraceSerializer) return undefined;
  delegate._serializer = {
    ...ProtobufTraceSerializer,
    serializeRequest: (spans: ReadableSpan[]) => serialize(spans) ?? ProtobufTraceSerializer.serializeRequest(spans),
  };
  return exporter;
}

/** What the last export by gRPC went through. */
export function connectionOf(exporter: SpanExporter): object | undefined {
  return (exporter as OtlpExporter)._delegate?._transport?._client;
}

let unknownTransportTold = false;

/**
 * Makes the next export by gRPC connect anew, unless it would anyway: `used` is what the one that failed went through. A channel that
 * could not connect waits up to two minutes before it tries again, and all that time a Collector that is back gets nothing. Closing
 * it fails what it still holds, which must not close the next one. The exporter does the same by itself after repeated time-outs.
 */
export function forgetConnection(exporter: SpanExporter, used: object | undefined): void {
  const transport = (exporter as OtlpExporter)._delegate?._transport;
  if (transport === undefined || !('_client' in transport)) {
    if (!unknownTransportTold)
      say('this version of the OpenTelemetry SDK is unknown: a Collector that is back may get nothing for two minutes');
    unknownTransportTold = true;
    return;
  }
  if (transport._client === undefined || transport._client !== used) return;
  transport._client.close();
  transport._client = undefined;
}

/** What a span keeps of the moment it was made. */
interface SpanTimes {
  _startTimeProvided: boolean;
  /** performance.now() then. */
  _performanceStartTime: number;
  /** Added to readings of performance.now() + timeOrigin that callers state for events and the end, in ms. */
  _performanceOffset: number;
  /** Seconds and nanoseconds since the epoch. */
  startTime: [number, number];
}

let unknownTimesTold = false;

/** True when nobody stated the start, and the span is one whose start can be set. */
export function startWasChosen(span: object): boolean {
  const times = span as Partial<SpanTimes>;
  if (
    typeof times._startTimeProvided === 'boolean' &&
    typeof times._performanceStartTime === 'number' &&
    typeof times._performanceOffset === 'number' &&
    Array.isArray(times.startTime)
  )
    return !times._startTimeProvided;
  if (!unknownTimesTold) say('this version of the OpenTelemetry SDK is unknown: spans start at whole milliseconds');
  unknownTimesTold = true;
  return false;
}

/** The same moment by another clock: `offset` ms lie between performance.now() and the time since the epoch. */
export function setStart(span: object, offset: number): void {
  const times = span as SpanTimes;
  const epochMs = times._performanceStartTime + offset;
  const seconds = Math.floor(epochMs / 1000);
  // A double holds today's ms to a quarter of a microsecond.
  times.startTime = [seconds, Math.min(Math.round((epochMs - seconds * 1000) * 1e6), 999_999_999)];
  times._performanceOffset = offset - performance.timeOrigin;
}
