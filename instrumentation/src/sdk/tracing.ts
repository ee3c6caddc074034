import { createRequire } from 'node:module';
import type { Span } from '@opentelemetry/api';
import { openTracing, type Started } from '../api/tracing.ts';
import { recordError } from './record-error.ts';

const require = createRequire(import.meta.url);
const NAME = '@onetrace/instrumentation';

/** The other end of `traced()`, `currentSpan()` and `rootSpan()`. */
export function acceptSpans(): void {
  const { context, createContextKey, trace } = require('@opentelemetry/api') as typeof import('@opentelemetry/api');
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
          if (failure !== undefined) recordError(span, failure.error);
          span.end();
        },
      };
    },
    current: () => trace.getActiveSpan(),
    // A job's first span is known by our key, a request's by what its server span leaves for frameworks.
    root: () => (context.active().getValue(ROOT) as Span | undefined) ?? getRPCMetadata(context.active())?.span,
  });
}
