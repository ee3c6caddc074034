import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { isLocalRoot } from './local-root.ts';

/** 20 flushes a second, however many requests are forced. */
const MIN_INTERVAL_MS = 50;
/** Spans that end after their local root, or long before it, wait this long for company. */
const COMPANY_MS = 200;

/**
 * Exports the spans of a forced trace as soon as its local root has ended, so that somebody who waits for the verdict does not wait
 * for the batch schedule. Sits behind the batch processors, whose queues then hold the span already; for the spans of other traces it
 * costs one look at a usually absent trace state.
 *
 *   root   ├──────────────┤ flush
 *   child    ├───┤             late ├──┤ flush 200 ms later
 */
export class PromptFlush implements SpanProcessor {
  readonly #processors: SpanProcessor[];
  #hurried = false;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #lastFlush = -MIN_INTERVAL_MS;
  #flushing = false;

  constructor(processors: SpanProcessor[]) {
    this.#processors = processors;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#hurried || isForced(span)) this.#schedule(isLocalRoot(span) ? 0 : COMPANY_MS);
  }

  /** From now on the process may end at any time: every span is urgent. */
  hurry(): void {
    this.#hurried = true;
    this.#schedule(0);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    const now = performance.now();
    const due = Math.max(now + delayMs, this.#lastFlush + MIN_INTERVAL_MS);
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.#flush(), due - now).unref();
  }

  /** One at a time: a Collector that hangs must not collect a pile of exports. */
  async #flush(): Promise<void> {
    this.#timer = undefined;
    if (this.#flushing) return this.#schedule(COMPANY_MS);
    this.#flushing = true;
    this.#lastFlush = performance.now();
    await Promise.allSettled(this.#processors.map((processor) => processor.forceFlush()));
    this.#flushing = false;
  }
}

function isForced(span: ReadableSpan): boolean {
  const mark = span.spanContext().traceState?.get('onetrace');
  return mark === 'force' || mark === 'profile';
}
