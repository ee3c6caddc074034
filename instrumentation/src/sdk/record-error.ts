import type { Span } from '@opentelemetry/api';
import { SpanStatusCode } from '../spans/otel.ts';

/** Whatever was thrown: the span has failed, `error.type` says with what. */
export function recordError(span: Span, error: unknown): void {
  try {
    const problem = error instanceof Error ? error : String(error);
    const message = typeof problem === 'string' ? problem : problem.message;
    span.recordException(problem);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    span.setAttribute('error.type', typeName(error));
  } catch {
    // It may not even turn into a string; it still has to reach the caller.
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
}

export function typeName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
