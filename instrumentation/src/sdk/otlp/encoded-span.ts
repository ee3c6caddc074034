import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** A finished span as bytes, and what a batch has to know of it. */
export class EncodedSpan {
  readonly resource: ReadableSpan['resource'];
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  /** Many spans lie in it, one after the other. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;

  constructor({ resource, instrumentationScope }: ReadableSpan, bytes: Uint8Array, start: number, end: number) {
    this.resource = resource;
    this.instrumentationScope = instrumentationScope;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  spanContext(): Pick<SpanContext, 'traceFlags'> {
    return SAMPLED;
  }
}

/** What is not sampled is not encoded. `TraceFlags.SAMPLED` */
const SAMPLED = { traceFlags: 1 };
