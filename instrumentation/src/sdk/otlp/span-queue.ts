import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { isLocalRoot } from '../local-root.ts';
import { Batch } from './batch.ts';
import type { EncodedBatch } from './encoded-batch.ts';

/** Those of a large page. */
const MANY = 64;
/** A Collector takes 4 MB at once unless told otherwise, and refuses what is larger: spans with long texts go before their batch is full. */
const LARGE_BYTES = 2 * 1024 * 1024;
/** Of a span that would take a batch that is nearly large over the 4 MB. */
const HUGE_BYTES = 1.5 * 1024 * 1024;

/**
 * Spans on their way to an exporter. Those of a request are written as soon as it is over: a batch takes up to its schedule's time to
 * fill, and as objects they would outlive the garbage collector's first look, which then has to move every part of them, and have left
 * the processor's caches when they are written.
 *
 *   waiting: objects          ├ a1 a2 root ┤ written when the root ends
 *   open: bytes     ├ other requests ─ a1 a2 root ─┤ closed when it is full
 *   full: bytes     ├──────────┤├──────────┤
 */
export class SpanQueue {
  readonly #batchSize: number;
  readonly #malformed: (error: unknown) => void;
  /** Of which the first `#waitingCount` count: the places are used again and again. */
  readonly #waiting: (ReadableSpan | undefined)[] = [];
  #waitingCount = 0;
  #writing = false;
  #open = new Batch();
  readonly #full: Batch[] = [];
  #spare: Batch | undefined;
  #size = 0;
  #closedBytes = 0;
  #isLarge = false;

  /**
   * @param batchSize spans
   * @param malformed is told why a span could not be written
   */
  constructor(batchSize: number, malformed: (error: unknown) => void) {
    this.#batchSize = batchSize;
    this.#malformed = malformed;
  }

  /** Spans, in whatever state, until they are let go. */
  get size(): number {
    return this.#size;
  }

  /** Of the batches that will not grow, until they are let go. */
  get closedBytes(): number {
    return this.#closedBytes;
  }

  /** Whether some are not written yet. */
  get isWaiting(): boolean {
    return this.#waitingCount > 0;
  }

  /** Whether some wait for their batch to be full. */
  get isOpen(): boolean {
    return this.#waitingCount + this.#open.size > 0;
  }

  /** Whether there is a batch that will not grow. */
  get isFull(): boolean {
    return this.#full.length > 0;
  }

  /** Whether such a batch is full for its bytes: nobody wants to keep many of those. */
  get isLarge(): boolean {
    return this.#isLarge;
  }

  add(span: ReadableSpan): void {
    const isLast = isLocalRoot(span);
    this.#waiting[this.#waitingCount++] = span;
    this.#size += 1;
    if (isLast || this.#waitingCount >= MANY || this.#open.size + this.#waitingCount >= this.#batchSize) this.write();
  }

  /** What waits. */
  write(): void {
    // A getter of a span may end another span.
    if (this.#writing) return;
    this.#writing = true;
    for (let index = 0; index < this.#waitingCount; index++) {
      this.#write(this.#waiting[index] as ReadableSpan);
      this.#waiting[index] = undefined;
    }
    this.#waitingCount = 0;
    this.#writing = false;
  }

  /** The next batch, full or not; `undefined` when there is nothing. It takes room until it is let go. */
  take(): Batch | undefined {
    this.write();
    if (this.#full.length === 0 && this.#open.size > 0) this.#close();
    const batch = this.#full.shift();
    this.#isLarge &&= this.isFull;
    return batch;
  }

  /** A batch that was taken is about to be sent. */
  letGo(batch: Batch): void {
    this.#size -= batch.size;
    this.#closedBytes -= batch.bytes;
  }

  /** What a batch that was taken says; its storage is used again. */
  encode(batch: Batch): EncodedBatch {
    const encoded = batch.take();
    this.#spare = batch;
    return encoded;
  }

  #write(span: ReadableSpan): void {
    try {
      this.#add(span);
    } catch (error) {
      this.#size -= 1;
      this.#malformed(error);
    }
    const { bytes, size } = this.#open;
    if (bytes > LARGE_BYTES) this.#isLarge = true;
    else if (size < this.#batchSize) return;
    this.#close();
  }

  #add(span: ReadableSpan): void {
    const batch = this.#open;
    const { bytes } = batch;
    batch.add(span);
    if (batch.bytes <= LARGE_BYTES || batch.size === 1 || batch.bytes - bytes <= HUGE_BYTES) return;
    // Refused, it would take the others with it.
    batch.takeBack(batch.bytes - bytes);
    this.#close();
    this.#open.add(span);
  }

  #close(): void {
    this.#full.push(this.#open);
    this.#closedBytes += this.#open.bytes;
    this.#open = this.#spare ?? new Batch();
    this.#spare = undefined;
  }
}
