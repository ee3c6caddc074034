import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { api, core } from '../api.ts';
import type { ProcessorMetrics } from '../internals.ts';
import type { EncodedBatch } from './encoded-batch.ts';
import { outside } from './outside.ts';

/** Exports at a time. Exporters refuse the 31st, and what is on its way is kept twice: as it is and as it is sent. */
const SLOTS = 8;

/** Hands batches to an exporter, a few at a time, and gives up on those that it says nothing about. */
export class Sender {
  readonly #exporter: SpanExporter;
  readonly #timeoutMs: number;
  readonly #metrics: ProcessorMetrics | undefined;
  #busy = 0;
  /** Begin when there is a slot, in this order. */
  readonly #waiting: (() => void)[] = [];

  constructor(exporter: SpanExporter, timeoutMs: number, metrics: ProcessorMetrics | undefined) {
    this.#exporter = exporter;
    this.#timeoutMs = timeoutMs;
    this.#metrics = metrics;
  }

  /**
   * Rejects with what the exporter says, or after the time-out, counted from when its turn comes.
   *
   * @param settle is called then, and waits for what the batch says, where it has to; the exporter is called at once where not
   */
  send(settle: () => Promise<unknown> | undefined, encode: () => EncodedBatch): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => this.#leave();
    promise.then(leave, leave);
    this.#enter(() =>
      outside(() => {
        const timer = setTimeout(() => reject(new Error('Timeout')), this.#timeoutMs).unref();
        this.#attempt(settle, encode)
          .finally(() => clearTimeout(timer))
          .then(resolve, reject);
      }),
    );
    return promise;
  }

  #enter(begin: () => void): void {
    if (this.#busy === SLOTS) this.#waiting.push(begin);
    else {
      this.#busy += 1;
      begin();
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy -= 1;
    else next();
  }

  async #attempt(settle: () => Promise<unknown> | undefined, encode: () => EncodedBatch): Promise<void> {
    const settled = settle();
    if (settled !== undefined) await settled;
    await this.#export(encode());
  }

  #export(batch: EncodedBatch): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // The exporter's own requests are nobody's spans.
    api.context.with(core.suppressTracing(api.ROOT_CONTEXT), () =>
      this.#exporter.export(batch.asSpans, ({ code, error }) => {
        this.#metrics?.finishSpans(batch.length, error);
        if (code === core.ExportResultCode.SUCCESS) resolve();
        else reject(error ?? new Error('BatchSpanProcessor: span export failed'));
      }),
    );
    return promise;
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}
