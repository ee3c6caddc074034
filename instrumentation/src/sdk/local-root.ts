import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** The first span of its trace in this process. */
export function isLocalRoot({ parentSpanContext }: ReadableSpan): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true;
}
