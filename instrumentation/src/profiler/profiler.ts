import { threadId } from 'node:worker_threads';
import type { Context, ContextManager, Span } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { firstLine } from '../preload/say.ts';
import { api } from '../sdk/api.ts';
import { processClock } from '../spans/clock.ts';
import { DRAIN_EVERY_MS } from './engine.ts';
import { explain } from './explain.ts';
import { HeldRoots } from './held-roots.ts';
import { isLocal, LocalRoot, Roots } from './roots.ts';
import { Sampling } from './sampling.ts';
import type { ProfileSettings } from './settings.ts';
import { slice } from './slices.ts';
import { SpanTree } from './span-tree.ts';
import { accounting, inferredSpans } from './spans.ts';

export interface Surroundings {
  contexts: ContextManager;
  /** Whether the one at the other end may ask for a profile. */
  mayAsk(span: ReadableSpan, parent: Context): boolean;
  /** Takes a span to where it is exported from. */
  send(span: ReadableSpan): void;
  /** Lets what was sent go now. */
  flush(): Promise<void>;
  say(line: string): void;
}

/** After the end of a request: its last samples come, and others that are under way end. */
const SETTLE_MS = 25;
/** From then on the flush no longer waits for a moment without requests. */
const PATIENCE_MS = 400;
/** On demand, it goes on for so long after the last request that asked. */
const KEEP_WARM_MS = 60_000;
/** A request that takes longer is not explained: samples would pile up. */
const LONGEST_MS = 60_000;
/** Requests that ask at the same time; those above it are served like any other. */
const MAX_WANTED = 100;
/** Spans to hand over before the exporter gets time to send them. */
const BATCH = 400;

const MARKS = new Set(['force', 'profile']);

/**
 * The profiler of one thread: keeps V8's sampling going, tells whose work each sample shows, and turns the samples of requests that ask
 * for it into spans when they have ended. Also a processor of spans, to know them.
 */
export class Profiler implements SpanProcessor {
  readonly #settings: ProfileSettings;
  readonly #around: Surroundings;
  readonly #roots = new Roots();
  readonly #open = new Set<LocalRoot>();
  /** Roots that are wanted, open or waiting for their samples. */
  readonly #wanted = new Set<LocalRoot>();
  readonly #held = new HeldRoots((root) => this.#wanted.delete(root));
  readonly #sampling: Sampling;
  #lastWanted = 0;
  #starting = false;
  #settling: NodeJS.Timeout | undefined;
  #rotating: NodeJS.Timeout | undefined;

  constructor(settings: ProfileSettings, around: Surroundings) {
    this.#settings = settings;
    this.#around = around;
    this.#sampling = new Sampling(around.contexts, this.#roots, settings.intervalUs, around.say);
  }

  /** At once, for `always`: before the app has loaded, there is little code to write down. */
  startNow(): void {
    this.#start();
  }

  onStart(span: Parameters<SpanProcessor['onStart']>[0], parentContext: Context): void {
    const parent = api.trace.getSpan(parentContext);
    if (parent !== undefined && isLocal(parent)) {
      const root = this.#open.size === 0 ? undefined : this.#roots.of(parent);
      if (root !== undefined) this.#roots.add(span, root);
      return;
    }
    const wanted = this.#wanted.size < MAX_WANTED && this.#asksForIt(span, parentContext);
    if (!wanted && !this.#sampling.running) return;
    const root = new LocalRoot(span, wanted);
    this.#roots.add(span, root);
    this.#open.add(root);
    if (wanted) this.#wanted.add(root);
  }

  onEnd(span: ReadableSpan): void {
    const root = this.#roots.of(span as ReadableSpan & Span);
    if (root?.span === span) this.#rootEnded(root, span);
    else if (this.#wanted.size > 0) this.#keep(span);
  }

  /** Whether what runs in this context belongs to a request that is to be profiled. */
  isWanted(context: Context): boolean {
    const span = api.trace.getSpan(context);
    return span !== undefined && this.#roots.of(span)?.wanted === true;
  }

  /** The same processor, except that a root which waits for its samples reaches it when it has them. */
  holdingBack(inner: SpanProcessor): SpanProcessor {
    return this.#held.inFrontOf(inner);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#held.releaseAll();
  }

  #asksForIt(span: ReadableSpan, parent: Context): boolean {
    const mark = span.spanContext().traceState?.get('onetrace') ?? '';
    if (!MARKS.has(mark) || (mark === 'force' && this.#settings.mode !== 'always')) return false;
    return this.#around.mayAsk(span, parent);
  }

  /** Astro's spans and those of workers arrive as they are exported. */
  #keep(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    for (const root of this.#wanted) if (root.traceId === traceId) root.keep(span);
  }

  #rootEnded(root: LocalRoot, span: ReadableSpan): void {
    this.#open.delete(root);
    root.close(processClock.known + performance.now());
    if (!root.wanted) return;
    const now = performance.now();
    this.#lastWanted = now;
    if (this.#sampling.running && root.start - processClock.known >= this.#sampling.startedAt) {
      this.#held.add(span, root);
      this.#settling ??= later(SETTLE_MS, () => this.#settle());
      return;
    }
    this.#wanted.delete(root);
    Object.assign(span.attributes, { 'onetrace.profile.unavailable': this.#startLater(now) });
  }

  /** The request that asked does not pay for the start. Returns what to tell it. */
  #startLater(now: number): string {
    const { unavailable, running, startedAt } = this.#sampling;
    if (unavailable !== undefined) return unavailable;
    if (running) return 'it was started while this request was under way';
    const wait = startedAt + this.#settings.startEveryMs - now;
    if (wait > 0)
      return `it starts at most once in ${this.#settings.startEveryMs / 1000} s: again in ${Math.ceil(wait / 1000)} s`;
    if (!this.#starting) {
      this.#starting = true;
      this.#whenIdle(now, () => {
        this.#starting = false;
        this.#start();
      });
    }
    return 'it was not running, and starts after this request';
  }

  #start(): void {
    this.#sampling.start();
    if (this.#sampling.running) this.#rotating ??= setInterval(() => this.#rotate(), DRAIN_EVERY_MS).unref();
  }

  #stop(): void {
    this.#sampling.stop();
    clearInterval(this.#rotating);
    this.#rotating = undefined;
    for (const root of this.#open) this.#giveUp(root);
  }

  #rotate(): void {
    const now = performance.now();
    const nobody = this.#held.size === 0 && now - this.#lastWanted > KEEP_WARM_MS;
    if (nobody && this.#settings.mode === 'on-demand') {
      this.#whenIdle(now, () => this.#stop());
      return;
    }
    for (const root of this.#open) {
      if (now + processClock.known - root.start < LONGEST_MS) continue;
      if (root.wanted)
        root.span?.setAttribute('onetrace.profile.unavailable', `it took longer than ${LONGEST_MS / 1000} s`);
      this.#giveUp(root);
    }
    this.#drain();
  }

  #giveUp(root: LocalRoot): void {
    root.close(processClock.known + performance.now());
    this.#open.delete(root);
    this.#wanted.delete(root);
  }

  #whenIdle(since: number, run: () => void): void {
    later(SETTLE_MS, () => {
      if (this.#open.size === 0 || performance.now() - since > PATIENCE_MS) run();
      else this.#whenIdle(since, run);
    });
  }

  #settle(): void {
    const oldest = this.#held.oldest ?? 0;
    if (this.#open.size > 0 && performance.now() - oldest < PATIENCE_MS) {
      this.#settling = later(SETTLE_MS, () => this.#settle());
      return;
    }
    this.#settling = undefined;
    void this.#explainPending();
  }

  async #explainPending(): Promise<void> {
    const waiting = this.#held.take();
    try {
      this.#drain();
      await this.#sampling.nameFunctions();
      for (const { span, root } of waiting) await this.#explain(root, span);
    } catch (error) {
      this.#around.say(`function samples are lost: ${firstLine(error)}`);
    } finally {
      for (const { span } of waiting) this.#held.release(span);
      await this.#around.flush();
    }
  }

  async #explain(root: LocalRoot, span: ReadableSpan): Promise<void> {
    const { intervalUs, minMs } = this.#settings;
    const began = performance.now();
    const tree = new SpanTree(root, span, threadId);
    const explanation = explain(tree, slice(root, tree, this.#sampling.samples, intervalUs / 1000), minMs);
    const spans = inferredSpans(tree, explanation);
    Object.assign(span.attributes, accounting(explanation, intervalUs), {
      'onetrace.profile.start_ms': this.#sampling.startMs,
      'onetrace.profile.flush_ms': this.#sampling.drainMs + performance.now() - began,
    });
    let sent = 0;
    for (const inferred of spans) {
      this.#around.send(inferred);
      if (++sent % BATCH === 0) await this.#around.flush();
    }
  }

  /** Samples of roots that wait or are open are kept. */
  #drain(): void {
    this.#sampling.drain(Math.min(...[...this.#wanted].map(({ start }) => start)));
  }
}

/** In nobody's context: it is no part of the request that it was thought of in. */
function later(ms: number, run: () => void): NodeJS.Timeout {
  return api.context.with(api.ROOT_CONTEXT, () => setTimeout(run, ms).unref());
}
