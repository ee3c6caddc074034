import { threadId } from 'node:worker_threads';
import type { Context, ContextManager, Span } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { firstLine } from '../preload/say.ts';
import { api } from '../sdk/api.ts';
import { processClock } from '../sdk/clock.ts';
import { KnownCode } from './code.ts';
import { LabelledContexts } from './contexts.ts';
import { DRAIN_EVERY_MS, Engine } from './engine.ts';
import { explain } from './explain.ts';
import { isLocal, type Label, LocalRoot, Roots } from './roots.ts';
import { readSamples, type Sample } from './samples.ts';
import type { ProfileSettings } from './settings.ts';
import { slice } from './slices.ts';
import { SourceMaps } from './source-maps.ts';
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

/** A root that has ended and waits for its samples. */
interface Pending {
  root: LocalRoot;
  /** of performance.now(), ms */
  ended: number;
  /** Where the span goes once it says what its time went for. */
  release: ((span: ReadableSpan) => void)[];
}

/** After the end of a request: its last samples come, and others that are under way end. */
const SETTLE_MS = 25;
/** From then on the flush no longer waits for a moment without requests. */
const PATIENCE_MS = 400;
/** On demand, it goes on for so long after the last request that asked. */
const KEEP_WARM_MS = 60_000;
/** A request that takes longer is not explained: samples would pile up. */
const LONGEST_MS = 60_000;
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
  readonly #pending = new Map<ReadableSpan, Pending>();
  readonly #code: KnownCode;
  readonly #contexts: LabelledContexts;
  #engine: Engine | undefined;
  #unavailable: string | undefined;
  #samples: Sample[] = [];
  /** of performance.now(), ms */
  #startedAt = Number.NEGATIVE_INFINITY;
  /** How long the last start and the last flush had the event loop. */
  #startMs = 0;
  #flushMs = 0;
  #lastWanted = 0;
  #starting = false;
  #settling: NodeJS.Timeout | undefined;
  #rotating: NodeJS.Timeout | undefined;

  constructor(settings: ProfileSettings, around: Surroundings) {
    this.#settings = settings;
    this.#around = around;
    this.#contexts = new LabelledContexts(around.contexts);
    this.#code = new KnownCode(new SourceMaps((line) => around.say(line)));
  }

  /** At once, for `always`: before the app has loaded, there is little code to write down. */
  startNow(): void {
    this.#start();
  }

  onStart(span: Parameters<SpanProcessor['onStart']>[0], parentContext: Context): void {
    const parent = api.trace.getSpan(parentContext);
    if (parent !== undefined && isLocal(parent)) {
      const root = this.#roots.of(parent);
      if (root !== undefined) this.#roots.add(span, root);
      return;
    }
    const wanted = this.#asksForIt(span, parentContext);
    if (!wanted && !this.#engine?.running) return;
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
    const onEnd = (span: ReadableSpan) => {
      const pending = this.#pending.get(span);
      if (pending === undefined) inner.onEnd(span as never);
      else pending.release.push((held) => inner.onEnd(held as never));
    };
    return {
      onStart: (span, context) => inner.onStart(span, context),
      onEnd,
      forceFlush: () => inner.forceFlush(),
      shutdown: () => {
        this.#releaseAll();
        return inner.shutdown();
      },
    };
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#releaseAll();
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
    const running = this.#engine?.running === true && root.start - processClock.known >= this.#startedAt;
    if (running) {
      this.#pending.set(span, { root, ended: now, release: [] });
      this.#settling ??= later(SETTLE_MS, () => this.#settle());
      return;
    }
    this.#wanted.delete(root);
    Object.assign(span.attributes, { 'onetrace.profile.unavailable': this.#startLater(now) });
  }

  /** The request that asked does not pay for the start. Returns what to tell it. */
  #startLater(now: number): string {
    if (this.#unavailable !== undefined) return this.#unavailable;
    if (this.#engine?.running) return 'it was started while this request was under way';
    const wait = this.#startedAt + this.#settings.startEveryMs - now;
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
    const began = performance.now();
    try {
      this.#engine ??= new Engine(this.#contexts.storage, this.#settings.intervalUs);
      this.#engine.start();
    } catch (error) {
      this.#unavailable = firstLine(error);
      this.#around.say(`function samples are not available: ${this.#unavailable}; spans are made as ever`);
      return;
    }
    const engine = this.#engine;
    this.#startedAt = performance.now();
    this.#startMs = this.#startedAt - began;
    const make = (label: Label) => engine.holder(label);
    this.#contexts.label((context) => this.#roots.holderOf(context, make));
    this.#rotating ??= setInterval(() => this.#rotate(), DRAIN_EVERY_MS).unref();
  }

  #stop(): void {
    this.#contexts.label(undefined);
    this.#engine?.stop();
    clearInterval(this.#rotating);
    this.#rotating = undefined;
    this.#samples = [];
    for (const root of this.#open) this.#giveUp(root);
  }

  /** V8 counts on, whether anybody looks or not: what nobody will ask for is thrown away. */
  #rotate(): void {
    const now = performance.now();
    const nobody = this.#pending.size === 0 && now - this.#lastWanted > KEEP_WARM_MS;
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
    const oldest = [...this.#pending.values()][0]?.ended ?? 0;
    if (this.#open.size > 0 && performance.now() - oldest < PATIENCE_MS) {
      this.#settling = later(SETTLE_MS, () => this.#settle());
      return;
    }
    this.#settling = undefined;
    void this.#explainPending();
  }

  async #explainPending(): Promise<void> {
    const waiting = [...this.#pending];
    try {
      this.#drain();
      await this.#code.resolve();
      for (const [span, { root }] of waiting) await this.#explain(root, span);
    } catch (error) {
      this.#around.say(`function samples are lost: ${firstLine(error)}`);
    } finally {
      for (const [span] of waiting) this.#release(span);
      await this.#around.flush();
    }
  }

  async #explain(root: LocalRoot, span: ReadableSpan): Promise<void> {
    const { intervalUs, minMs } = this.#settings;
    const began = performance.now();
    const tree = new SpanTree(root, span, threadId);
    const explanation = explain(tree, slice(root, tree, this.#samples, intervalUs / 1000), minMs);
    const spans = inferredSpans(tree, explanation);
    Object.assign(span.attributes, accounting(explanation, intervalUs), {
      'onetrace.profile.start_ms': this.#startMs,
      'onetrace.profile.flush_ms': this.#flushMs + performance.now() - began,
    });
    let sent = 0;
    for (const inferred of spans) {
      this.#around.send(inferred);
      if (++sent % BATCH === 0) await this.#around.flush();
    }
  }

  /** Takes the samples over; those of roots that wait or are open are kept. */
  #drain(): void {
    if (!this.#engine?.running) return;
    const since = Math.min(...[...this.#wanted].map(({ start }) => start));
    const began = performance.now();
    const from = processClock.offset() + began;
    const fresh = this.#engine.drain((top) =>
      since === Number.POSITIVE_INFINITY ? [] : readSamples(top, since, (node) => this.#code.of(node)),
    );
    this.#flushMs = performance.now() - began;
    const to = from + this.#flushMs;
    this.#samples = this.#samples.filter(({ at }) => at >= since);
    // Nothing is sampled meanwhile.
    for (const at of [from, to]) fresh.push({ at, kind: 'pause', frame: undefined, label: undefined });
    if (since !== Number.POSITIVE_INFINITY) this.#samples.push(...fresh);
  }

  #releaseAll(): void {
    for (const span of [...this.#pending.keys()]) this.#release(span);
  }

  #release(span: ReadableSpan): void {
    const pending = this.#pending.get(span);
    if (pending !== undefined) this.#wanted.delete(pending.root);
    this.#pending.delete(span);
    for (const release of pending?.release ?? []) release(span);
  }
}

/** In nobody's context: it is no part of the request that it was thought of in. */
function later(ms: number, run: () => void): NodeJS.Timeout {
  return api.context.with(api.ROOT_CONTEXT, () => setTimeout(run, ms).unref());
}
