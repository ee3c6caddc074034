import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { EncodedSpan } from './encoded-span.ts';
import { ProtobufWriter } from './protobuf.ts';
import { writeSpan } from './serializer.ts';

/** Bytes in one buffer, roughly: it lives as long as one of its spans waits. */
const FULL = 48 * 1024;

/**
 * In front of a processor that batches for an OTLP exporter: writes each span while it is at hand. A batch holds hundreds of them for
 * up to a second; as objects they outlive the garbage collector's first look, which then copies every one, and have left the processor's
 * caches when they are written.
 */
export class EncodeAtEnd implements SpanProcessor {
  readonly #batch: SpanProcessor;
  readonly #writer = new ProtobufWriter();

  constructor(batch: SpanProcessor) {
    this.#batch = batch;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & 1) === 0) return;
    const writer = this.#writer;
    if (writer.at > FULL) writer.leave();
    const start = writer.at;
    writeSpan(writer, span);
    this.#batch.onEnd(new EncodedSpan(span, writer.bytes, start, writer.at) as never);
  }

  forceFlush(): Promise<void> {
    return this.#batch.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#batch.shutdown();
  }
}
