import type { Span, SpanContext } from '@opentelemetry/api';
import { tracing } from './tracing.ts';

/** Takes everything and keeps nothing, so that no caller has to ask whether there is a span. */
export const noSpan: Span = {
  spanContext: () => nobody,
  setAttribute: () => noSpan,
  setAttributes: () => noSpan,
  addEvent: () => noSpan,
  addLink: () => noSpan,
  addLinks: () => noSpan,
  setStatus: () => noSpan,
  updateName: () => noSpan,
  recordException: () => undefined,
  end: () => undefined,
  isRecording: () => false,
};

const nobody: SpanContext = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };

/** The span that is active here; one that keeps nothing where there is none. */
export function currentSpan(): Span {
  return tracing()?.current() ?? noSpan;
}

/** The server span of this request, or the first span of this job: the place for what concerns all of it (tenant, user, plan). */
export function rootSpan(): Span {
  return tracing()?.root() ?? noSpan;
}
