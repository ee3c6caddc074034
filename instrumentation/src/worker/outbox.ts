import type { Span } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { toCarrier, toRemote } from './remote-span.ts';
import { RunSpan } from './run-span.ts';
import { type Known, postable, retell, type Told } from './told.ts';

/** Entries: five times as many as the SDK's batch processor holds spans. */
const MAX_HELD = 10_240;
/** An answer usually comes sooner and takes the spans along, at no cost for either event loop. */
const DELAY_MS = 100;

/**
 * The finished spans of a worker, until they go to the parent thread, which exports them: no exporter, connection and batch per
 * thread, and an answer that has arrived has its spans with it, even if the worker is terminated the next moment.
 */
export class Outbox implements SpanProcessor {
  #told: Told = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #send: (told: Told) => void;

  constructor(send: (told: Told) => void) {
    this.#send = send;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (!this.#hasRoom()) return;
    try {
      this.#told.push(toRemote(span));
    } catch {
      // Whatever the app has put into it: the call that ended it is the app's.
    }
  }

  /** See Told. */
  statement(parent: Span, sql: string, start: number, end: number, rows: number): void {
    const carrier = parent instanceof RunSpan ? parent.carrier : toCarrier(parent.spanContext());
    if (this.#hasRoom()) this.#told.push(carrier, sql, start, end, rows);
  }

  /** Spans of a worker that this one started pass through as well: see adopt(). */
  add(message: readonly unknown[], from = 0, asked?: Known): void {
    if (this.#hasRoom()) retell(message, from, asked, this.#told);
  }

  /** `undefined`: nothing. */
  take(): Told | undefined {
    if (this.#told.length === 0) return undefined;
    const told = this.#told;
    this.#told = [];
    return told;
  }

  putBack(told: Told | undefined): void {
    if (told !== undefined) this.add(told);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = this.take();
    if (told === undefined) return;
    try {
      this.#send(told);
    } catch {
      // Out of a timer it would end the thread.
      this.#send(postable(told));
    }
  }

  async forceFlush(): Promise<void> {
    this.flush();
  }

  async shutdown(): Promise<void> {
    this.flush();
  }

  #hasRoom(): boolean {
    this.#timer ??= setTimeout(() => this.flush(), DELAY_MS).unref();
    return this.#told.length < MAX_HELD;
  }
}
