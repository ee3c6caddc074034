import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { say } from '../preload/say.ts';

/**
 * The places where the SDK has no public door. NodeSDK either builds its processors from OTEL_* or takes ours and ignores the
 * variables; adding one beside its own, and hearing how exports went, means reaching in. The version is pinned and a test stands guard.
 */
interface Internals {
  _tracerProvider?: {
    _activeSpanProcessor?: { _spanProcessors?: SpanProcessor[] };
    _resource?: ReadableSpan['resource'];
  };
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

export function exporterOf(processor: SpanProcessor): SpanExporter | undefined {
  return (processor as { _exporter?: SpanExporter })._exporter;
}

/** OTLP exporter → delegate → retrying transport → gRPC transport. */
interface GrpcExporter {
  _delegate?: { _transport?: { _transport?: { _client?: { close(): void } | undefined } } };
}

/**
 * Makes the next export connect anew. A gRPC channel that could not connect waits up to two minutes before it tries again, and all
 * that time a Collector that is back gets nothing. The exporter does the same by itself after repeated time-outs.
 */
export function forgetConnection(exporter: SpanExporter): void {
  const transport = (exporter as GrpcExporter)._delegate?._transport?._transport;
  if (transport?._client === undefined) return;
  transport._client.close();
  transport._client = undefined;
}
