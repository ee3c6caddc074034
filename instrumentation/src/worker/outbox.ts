import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { type RemoteSpan, toRemote } from './remote-span.ts';

/** As many as the SDK's batch processor holds. */
const MAX_HELD = 2048;
/** An answer usually comes sooner and takes the spans along, at no cost for either event loop. */
const DELAY_MS = 100;

/**
 * The finished spans of a worker, until they go to the parent thread, which exports them: no exporter, connection and batch per
 * thread, and an answer that has arrived has its spans with it, even if the worker is terminated the next moment.
 */
export class Outbox implements SpanProcessor {
  #spans: RemoteSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #send: (spans: RemoteSpan[]) => void;

  constructor(send: (spans: RemoteSpan[]) => void) {
    this.#send = send;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.add([toRemote(span)]);
  }

  /** Spans of a worker that this one started pass through as well. */
  add(spans: RemoteSpan[]): void {
    this.#spans.push(...spans.slice(0, MAX_HELD - this.#spans.length));
    this.#timer ??= setTimeout(() => this.flush(), DELAY_MS).unref();
  }

  take(): RemoteSpan[] {
    const spans = this.#spans;
    this.#spans = [];
    return spans;
  }

  putBack(spans: RemoteSpan[]): void {
    if (spans.length > 0) this.add(spans);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const spans = this.take();
    if (spans.length > 0) this.#send(spans);
  }

  async forceFlush(): Promise<void> {
    this.flush();
  }

  async shutdown(): Promise<void> {
    this.flush();
  }
}
