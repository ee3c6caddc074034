import { createRequire } from 'node:module';
import type { Span } from '@opentelemetry/api';
import { openTracing, type Started } from '../api/tracing.ts';

const require = createRequire(import.meta.url);
const NAME = '@onetrace/instrumentation';

/** The other end of `traced()`, `currentSpan()` and `rootSpan()`. */
export function acceptSpans(): void {
  const { context, createContextKey, SpanStatusCode, trace } =
    require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  const { getRPCMetadata } = require('@opentelemetry/core') as typeof import('@opentelemetry/core');
  const ROOT = createContextKey('onetrace root span');

  openTracing({
    start(name, attributes): Started {
      const parent = context.active();
      const above = trace.getSpan(parent);
      const span = trace.getTracer(NAME).startSpan(name, attributes === undefined ? {} : { attributes }, parent);
      let inside = trace.setSpan(parent, span);
      if (above === undefined || above.spanContext().isRemote) inside = inside.setValue(ROOT, span);
      return {
        span,
        within: (run) => context.with(inside, run),
        end(failure) {
          if (!span.isRecording()) return;
          if (failure !== undefined) record(span, failure.error);
          span.end();
        },
      };
    },
    current: () => trace.getActiveSpan(),
    // A job's first span is known by our key, a request's by what the HTTP instrumentation leaves for frameworks.
    root: () => (context.active().getValue(ROOT) as Span | undefined) ?? getRPCMetadata(context.active())?.span,
  });

  function record(span: Span, error: unknown): void {
    try {
      const problem = error instanceof Error ? error : String(error);
      const message = typeof problem === 'string' ? problem : problem.message;
      span.recordException(problem);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      span.setAttribute('error.type', typeof problem === 'string' ? typeof error : problem.name);
    } catch {
      // Whatever was thrown may not even turn into a string; it still has to reach the caller.
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
  }
}
