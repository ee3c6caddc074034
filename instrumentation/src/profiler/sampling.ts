import type { ContextManager } from '@opentelemetry/api';
import { firstLine } from '../preload/say.ts';
import { processClock } from '../spans/clock.ts';
import { KnownCode } from './code.ts';
import { LabelledContexts } from './contexts.ts';
import { Engine } from './engine.ts';
import type { Label, Roots } from './roots.ts';
import { readSamples, type Sample } from './samples.ts';
import { SourceMaps } from './source-maps.ts';

/** The samples of this thread: taken while it runs, each with whose work it shows, and kept as long as a request needs them. */
export class Sampling {
  /** Why there are none to be had; known after the first start. */
  unavailable: string | undefined;
  /** of performance.now(), ms */
  startedAt = Number.NEGATIVE_INFINITY;
  /** How long the last start and the last hand-over had the event loop, in ms. */
  startMs = 0;
  drainMs = 0;
  /** Those that were handed over, in order. */
  samples: readonly Sample[] = [];
  readonly #contexts: LabelledContexts;
  readonly #roots: Roots;
  readonly #intervalUs: number;
  readonly #say: (line: string) => void;
  readonly #code: KnownCode;
  #engine: Engine | undefined;

  constructor(contexts: ContextManager, roots: Roots, intervalUs: number, say: (line: string) => void) {
    this.#contexts = new LabelledContexts(contexts);
    this.#roots = roots;
    this.#intervalUs = intervalUs;
    this.#say = say;
    this.#code = new KnownCode(new SourceMaps(say));
  }

  get running(): boolean {
    return this.#engine?.running === true;
  }

  start(): void {
    const began = performance.now();
    try {
      this.#engine ??= new Engine(this.#contexts.storage, this.#intervalUs);
      this.#engine.start();
    } catch (error) {
      this.unavailable = firstLine(error);
      this.#say(`function samples are not available: ${this.unavailable}; spans are made as ever`);
      return;
    }
    const engine = this.#engine;
    this.startedAt = performance.now();
    this.startMs = this.startedAt - began;
    const make = (label: Label) => engine.holder(label);
    this.#contexts.label((context) => this.#roots.holderOf(context, make));
  }

  stop(): void {
    this.#contexts.label(undefined);
    this.#engine?.stop();
    this.samples = [];
  }

  /**
   * Takes over what V8 has, and forgets what is older than `since` (ms since the epoch; infinite where nobody needs any). V8 counts on,
   * whether anybody looks or not: to be called every DRAIN_EVERY_MS at least.
   */
  drain(since: number): void {
    if (this.#engine?.running !== true) return;
    const began = performance.now();
    const from = processClock.offset() + began;
    const fresh = this.#engine.drain((top) =>
      since === Number.POSITIVE_INFINITY ? [] : readSamples(top, since, (node) => this.#code.of(node)),
    );
    this.drainMs = performance.now() - began;
    // Nothing is sampled meanwhile.
    for (const at of [from, from + this.drainMs]) fresh.push({ at, kind: 'pause', frame: undefined, label: undefined });
    this.samples = [...this.samples, ...fresh].filter(({ at }) => at >= since).sort((a, b) => a.at - b.at);
  }

  /** Until then functions are known by their places in what was built. */
  async nameFunctions(): Promise<void> {
    await this.#code.resolve();
  }
}
