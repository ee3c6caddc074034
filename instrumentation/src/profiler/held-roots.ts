import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { LocalRoot } from './roots.ts';

/** A root that has ended and waits for its samples. */
interface Held {
  readonly span: ReadableSpan;
  readonly root: LocalRoot;
  /** of performance.now(), ms */
  readonly ended: number;
  /** It is being explained. */
  taken: boolean;
  readonly release: (() => void)[];
}

/** Roots that have ended, and are exported once they say what their time went for. */
export class HeldRoots {
  readonly #bySpan = new Map<ReadableSpan, Held>();
  readonly #released: (root: LocalRoot) => void;

  constructor(released: (root: LocalRoot) => void) {
    this.#released = released;
  }

  get size(): number {
    return this.#bySpan.size;
  }

  /** When the first of those ended that nobody has taken yet; of performance.now(), ms. */
  get oldest(): number | undefined {
    return this.#waiting()[0]?.ended;
  }

  add(span: ReadableSpan, root: LocalRoot): void {
    this.#bySpan.set(span, { span, root, ended: performance.now(), taken: false, release: [] });
  }

  /** All that wait; each is given to one caller only, who releases it. */
  take(): Held[] {
    const held = this.#waiting();
    for (const one of held) one.taken = true;
    return held;
  }

  release(span: ReadableSpan): void {
    const held = this.#bySpan.get(span);
    if (held === undefined) return;
    this.#bySpan.delete(span);
    this.#released(held.root);
    for (const release of held.release) release();
  }

  releaseAll(): void {
    for (const span of [...this.#bySpan.keys()]) this.release(span);
  }

  /** The same processor, except that what is held reaches it when it is released. */
  inFrontOf(inner: SpanProcessor): SpanProcessor {
    return {
      onStart: (span, context) => inner.onStart(span, context),
      onEnd: (span) => {
        const held = this.#bySpan.get(span);
        if (held === undefined) inner.onEnd(span);
        else held.release.push(() => inner.onEnd(span));
      },
      forceFlush: () => inner.forceFlush(),
      shutdown: () => {
        this.releaseAll();
        return inner.shutdown();
      },
    };
  }

  #waiting(): Held[] {
    return [...this.#bySpan.values()].filter(({ taken }) => !taken);
  }
}
