import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { say } from '../preload/say.ts';

/**
 * The two places where the SDK has no public door. NodeSDK either builds its processors from OTEL_* or takes ours and ignores the
 * variables; adding one beside its own, and hearing how exports went, means reaching in. The version is pinned and a test stands guard.
 */
interface Internals {
  _tracerProvider?: { _activeSpanProcessor?: { _spanProcessors?: SpanProcessor[] } };
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

export function exporterOf(processor: SpanProcessor): SpanExporter | undefined {
  return (processor as { _exporter?: SpanExporter })._exporter;
}
