import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { api, core } from '../api.ts';
import type { BatchLimits, ProcessorMetrics } from '../internals.ts';
import type { Batch } from './batch.ts';
import { outside } from './outside.ts';
import { Sender } from './sender.ts';
import { SpanQueue } from './span-queue.ts';

/** Spans that end long before their local root, or after it, wait this long for company. */
const COMPANY_MS = 100;
const SAMPLED = 1;
/** That wait because nobody takes them. The queue's size is in spans, and a span has any number of bytes. */
const WAITING_BYTES = 32 * 1024 * 1024;

/**
 * Does for an exporter of protobuf what the SDK's batch processor does, by the same limits and with the same words, but keeps bytes
 * instead of spans.
 */
export class BatchProcessor implements SpanProcessor {
  readonly #limits: BatchLimits;
  readonly #metrics: ProcessorMetrics | undefined;
  readonly #sender: Sender;
  readonly #queue: SpanQueue;
  /** An export that nobody asked for is under way. */
  #exporting = false;
  /** Those that whoever asks for a flush has to wait for as well. They do not reject. */
  readonly #unanswered = new Set<Promise<void>>();
  #schedule: NodeJS.Timeout | undefined;
  #company: NodeJS.Timeout | undefined;
  #dropped = 0;
  #droppedFor = '';
  #shutdown: Promise<void> | undefined;

  /** @param watch is told where to ask how many spans there are, and returns what wants to know what becomes of them */
  constructor(
    exporter: SpanExporter,
    limits: BatchLimits,
    watch: (queued: () => number) => ProcessorMetrics | undefined = () => undefined,
  ) {
    this.#limits = limits;
    this.#queue = new SpanQueue(limits.batchSize, report);
    this.#metrics = watch(() => this.#queue.size);
    this.#sender = new Sender(exporter, limits.timeoutMs, this.#metrics);
  }

  onStart(): void {}

  /** Never throws: it runs in the middle of the app. */
  onEnd(span: ReadableSpan): void {
    if (this.#shutdown !== undefined) return;
    try {
      if ((span.spanContext().traceFlags & SAMPLED) === 0) return;
      if (this.#queue.size >= this.#limits.queueSize) this.#drop('maxQueueSize');
      else if (this.#queue.closedBytes >= WAITING_BYTES) this.#drop('32 MB');
      else this.#accept(span);
    } catch (error) {
      report(error);
    }
  }

  /** Rejects when one of the batches did not arrive. */
  forceFlush(): Promise<void> {
    return this.#shutdown ?? this.#flush();
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= Promise.resolve().then(() => this.#finish());
    return this.#shutdown;
  }

  #accept(span: ReadableSpan): void {
    if (this.#dropped > 0) this.#tellDropped();
    this.#queue.add(span);
    this.#proceed();
  }

  async #finish(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      clearTimeout(this.#company);
      this.#metrics?.shutdown();
      await this.#sender.shutdown();
    }
  }

  async #flush(): Promise<void> {
    this.#unschedule();
    const before = [...this.#unanswered];
    const sent: Promise<void>[] = [];
    for (let batch = this.#queue.take(); batch !== undefined; batch = this.#queue.take()) sent.push(this.#send(batch));
    // One that did not arrive must not have the exporter closed before the others.
    await Promise.allSettled([...before, ...sent]);
    await Promise.all(sent);
  }

  /** Sees to it that what is in the queue leaves it. */
  #proceed(): void {
    const queue = this.#queue;
    if (queue.isWaiting) this.#company ??= outside(() => setTimeout(() => this.#writeWaiting(), COMPANY_MS).unref());
    if (!this.#exporting) {
      if (queue.isFull) this.#export();
      else if (queue.isOpen)
        this.#schedule ??= outside(() => setTimeout(() => this.#export(), this.#limits.delayMs).unref());
    }
    while (queue.isLarge) void this.#sendNext();
  }

  #writeWaiting(): void {
    this.#company = undefined;
    this.#queue.write();
    this.#proceed();
  }

  /** One at a time: while a Collector takes its time, spans wait, as many as the queue has room for. */
  #export(): void {
    this.#unschedule();
    this.#exporting = true;
    void this.#sendNext().then(() => {
      this.#exporting = false;
      this.#proceed();
    });
  }

  /** Nobody waits for how it goes. */
  async #sendNext(): Promise<void> {
    const batch = this.#queue.take();
    if (batch !== undefined) await this.#send(batch).catch(report);
  }

  #send(batch: Batch): Promise<void> {
    const sent = this.#sender.send(
      () => {
        this.#queue.letGo(batch);
        return batch.settled();
      },
      () => this.#queue.encode(batch),
    );
    const forget = () => void this.#unanswered.delete(answered);
    const answered = sent.then(forget, forget);
    this.#unanswered.add(answered);
    return sent;
  }

  #unschedule(): void {
    clearTimeout(this.#schedule);
    this.#schedule = undefined;
  }

  #drop(limit: string): void {
    if (this.#dropped === 0) api.diag.debug(`${limit} reached, dropping spans`);
    this.#dropped += 1;
    this.#droppedFor = limit;
    this.#metrics?.dropSpans(1);
  }

  #tellDropped(): void {
    api.diag.warn(`Dropped ${this.#dropped} spans because ${this.#droppedFor} reached`);
    this.#dropped = 0;
  }
}

function report(error: unknown): void {
  core.globalErrorHandler(error as Error);
}
