import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { isLocalRoot } from '../local-root.ts';
import { encodeSpans } from './serializer.ts';

/** Those of a large page. */
const MANY = 64;
/** Spans that end long before their local root, or after it, wait this long for company. */
const DELAY_MS = 100;
const SAMPLED = 1;

/**
 * In front of a processor that batches for an OTLP exporter: writes the spans of a request as soon as it is over. A batch holds a
 * thousand spans for up to its schedule's time. As objects they outlive the garbage collector's first look, which then has to move every
 * part of them, and have left the processor's caches when they are written.
 */
export class EncodeEarly implements SpanProcessor {
  readonly #batch: SpanProcessor;
  #waiting: ReadableSpan[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(batch: SpanProcessor) {
    this.#batch = batch;
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
    for (const span of encodeSpans(spans)) this.#batch.onEnd(span as never);
  }
}
