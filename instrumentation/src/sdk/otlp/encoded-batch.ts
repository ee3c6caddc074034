import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What an exporter is given in place of spans: how many there are, and the message that says them all. */
export class EncodedBatch {
  readonly length: number;
  /** `ExportTraceServiceRequest` */
  readonly message: Uint8Array;

  constructor(length: number, message: Uint8Array) {
    this.length = length;
    this.message = message;
  }

  /** Exporters hand on what they get to their serializer, and look at its length alone. */
  get asSpans(): ReadableSpan[] {
    return this as never;
  }
}

/** For the place of the exporter's serializer; `undefined` is what it does not know. */
export function messageOf(spans: unknown): Uint8Array | undefined {
  return spans instanceof EncodedBatch ? spans.message : undefined;
}
