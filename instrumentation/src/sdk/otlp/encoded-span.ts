import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** A finished span as bytes, and what a batch processor and an exporter look at. */
export class EncodedSpan {
  readonly resource: ReadableSpan['resource'];
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  /** Its message is from `start` to `end`; others lie beside it. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;

  constructor({ resource, instrumentationScope }: ReadableSpan, bytes: Buffer, start: number, end: number) {
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

/** Others are not encoded. */
const SAMPLED = { traceFlags: 1 };
