import { createRequire } from 'node:module';
import type { Context, Span } from '@opentelemetry/api';
import { openTracing, type Started } from '../api/tracing.ts';
import { context, createContextKey, trace } from '../spans/otel.ts';
import { recordError } from './record-error.ts';

const require = createRequire(import.meta.url);
const NAME = '@onetrace/instrumentation';
const ROOT = createContextKey('onetrace root span');

/**
 * The other end of `traced()`, `currentSpan()` and `rootSpan()`.
 * @param rootIn the span that somebody else has made for the request or task at hand
 */
export function acceptSpans(rootIn: (at: Context) => Span | undefined = serverSpanIn()): void {
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
          if (failure !== undefined) recordError(span, failure.error);
          span.end();
        },
      };
    },
    current: () => trace.getActiveSpan(),
    // A job's first span is known by our key.
    root: () => (context.active().getValue(ROOT) as Span | undefined) ?? rootIn(context.active()),
  });
}

/** A request's is known by what its server span leaves for frameworks. */
function serverSpanIn(): (at: Context) => Span | undefined {
  const { getRPCMetadata } = require('@opentelemetry/core') as typeof import('@opentelemetry/core');
  return (at) => getRPCMetadata(at)?.span;
}
