import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { isLocalRoot } from '../local-root.ts';
import { encodeSpans } from './serializer.ts';

/** Those of a large page. */
const MANY = 64;
/** Spans that end long before their local root, or after it, wait this long for company. */
const DELAY_MS = 100;
const SAMPLED = 1;
/** A Collector takes 4 MB at once unless told otherwise, and refuses what is larger: spans with long texts go before their batch is full. */
const LARGE_BYTES = 2 * 1024 * 1024;

/**
 * In front of a processor that batches for an OTLP exporter: writes the spans of a request as soon as it is over. A batch holds a
 * thousand spans for up to its schedule's time. As objects they outlive the garbage collector's first look, which then has to move every
 * part of them, and have left the processor's caches when they are written.
 */
export class EncodeEarly implements SpanProcessor {
  readonly #batch: SpanProcessor;
  readonly #batchSize: number;
  #waiting: ReadableSpan[] = [];
  /** What the batch processor has been given since it last had a batch full, at most. */
  #given = { spans: 0, bytes: 0 };
  #timer: NodeJS.Timeout | undefined;

  /** @param batchSize with so many spans the batch processor sends them */
  constructor(batch: SpanProcessor, batchSize: number) {
    this.#batch = batch;
    this.#batchSize = batchSize;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & SAMPLED) === 0) return;
    this.#waiting.push(span);
    if (isLocalRoot(span) || this.#waiting.length >= MANY) this.#encode();
    else this.#timer ??= setTimeout(() => this.#late(), DELAY_MS).unref();
  }

  forceFlush(): Promise<void> {
    this.#encode();
    return this.#batch.forceFlush();
  }

  shutdown(): Promise<void> {
    clearTimeout(this.#timer);
    this.#encode();
    return this.#batch.shutdown();
  }

  #late(): void {
    this.#timer = undefined;
    this.#encode();
  }

  #encode(): void {
    if (this.#waiting.length === 0) return;
    const spans = this.#waiting;
    this.#waiting = [];
    const encoded = encodeSpans(spans);
    for (const span of encoded) this.#batch.onEnd(span as never);
    this.#account(encoded.length, encoded[0]?.bytes.length ?? 0);
  }

  #account(spans: number, bytes: number): void {
    this.#given.spans += spans;
    this.#given.bytes += bytes;
    const large = this.#given.bytes > LARGE_BYTES;
    if (!large && this.#given.spans < this.#batchSize) return;
    this.#given = { spans: 0, bytes: 0 };
    // Whoever watches exports says that it failed.
    if (large) this.#batch.forceFlush().catch(() => undefined);
  }
}
