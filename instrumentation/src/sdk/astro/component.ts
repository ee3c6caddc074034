import { performance } from 'node:perf_hooks';
import type { Attributes, Context, SpanContext } from '@opentelemetry/api';
import { Groups } from './groups.ts';
import { HeldSpan, holderOf } from './held-span.ts';
import type { Recorder } from './recorder.ts';

/** What is repeated. */
export interface Described {
  name: string;
  attributes: Attributes;
  /** Of a component: whether its frontmatter has shown to be. */
  synchronous?: boolean;
}

/** What the same component did below one parent. */
export class Group {
  readonly of: Described;
  count = 0;
  /** ms, of those that have ended */
  total = 0;
  max = 0;
  /** of performance.now(), ms */
  first = Number.POSITIVE_INFINITY;
  last = 0;
  /** The first few; they become spans of their own unless more follow than the limit. */
  kept: Component[] = [];
  /** Below those that were not kept. */
  children: Groups<Group> | undefined;
  context: SpanContext | undefined;
  #standIn: Component | undefined;

  constructor(of: Described) {
    this.of = of;
  }

  spanContext(request: Recorder): SpanContext {
    this.context ??= request.newSpanContext();
    return this.context;
  }

  begun(start: number, surplus: boolean): void {
    this.count++;
    // Those that are kept join in only if they do not become spans of their own.
    if (surplus) this.coverFrom(start);
  }

  coverFrom(start: number): void {
    if (start < this.first) this.first = start;
  }

  done(start: number, end: number): void {
    const duration = end - start;
    this.total += duration;
    if (duration > this.max) this.max = duration;
    if (end > this.last) this.last = end;
  }

  /**
   * All below has become spans. One promise that outlives its request, such as that of a stream, holds the context it was made in, by
   * that a component, and by that all the others: garbage that the collector would have to copy first.
   */
  letGo(): void {
    this.kept = [];
    this.children = undefined;
    this.#standIn = undefined;
  }

  /** The parent of what is below those that get no object of their own. */
  standIn(request: Recorder, at: Context): Component {
    this.#standIn ??= new Component(request, at, this, true, undefined, true);
    return this.#standIn;
  }
}

/**
 * One rendering of a component or an island, or one query of a collection. No class of its own for those that stand in: V8 keeps apart up
 * to four kinds of objects where a field is set, and spans are of four kinds already.
 */
export class Component extends HeldSpan {
  readonly group: Group;
  readonly depth: number;
  /** One of too many: whoever asks for its id gets that of the span that stands for all of them. */
  readonly surplus: boolean;
  /** For all that get no object: what is begun below it is waited for by what is around it. */
  readonly standsIn: boolean;
  failed = false;
  /** Repeated work right below, by what is repeated. */
  children: Groups<Group> | undefined;
  /** Whether its frontmatter has begun. */
  started = false;
  #frontmatterMs: number | undefined;

  constructor(
    request: Recorder,
    at: Context,
    group: Group,
    surplus: boolean,
    start = performance.now(),
    standsIn = false,
  ) {
    super(request, at, group.of.name, {}, start);
    this.group = group;
    this.depth = this.parent instanceof Component ? this.parent.depth + 1 : 1;
    this.surplus = surplus;
    this.standsIn = standsIn;
  }

  override hold(): void {
    if (this.standsIn) holderOf(this.parent)?.hold();
    else super.hold();
  }

  override release(): void {
    if (this.standsIn) holderOf(this.parent)?.release();
    else super.release();
  }

  override spanContext(): SpanContext {
    return this.surplus && !this.failed ? this.group.spanContext(this.request) : super.spanContext();
  }

  override exportedId(): string | undefined {
    return super.exportedId() ?? this.group.context?.spanId;
  }

  /** What is repeated right below it, or below all that are one too many. */
  get groups(): Groups<Group> {
    const owner = this.surplus ? this.group : this;
    owner.children ??= new Groups<Group>();
    return owner.children;
  }

  /** Somebody has asked for its id: it has to be among the spans. */
  get asked(): boolean {
    return this.context !== undefined;
  }

  /** ms */
  get duration(): number {
    return (this.ended ?? this.start) - this.start;
  }

  frontmatterDone(): void {
    this.#frontmatterMs ??= performance.now() - this.start;
  }

  override fail(error: unknown): void {
    if (!this.isRecording()) return;
    this.failed = true;
    if (this.surplus) this.group.kept.push(this);
    super.fail(error);
  }

  /** The loop that walks a stream does not come back to what it was in when something below threw. */
  override cutOff(): void {
    const { parent } = this;
    if (!(parent instanceof Component && parent.failed)) {
      super.cutOff();
      return;
    }
    this.failed = true;
    this.status = parent.status;
    this.close();
    this.ended = Math.max(this.start, parent.ended ?? this.start);
  }

  protected override close(): void {
    super.close();
    if (this.ended !== undefined) this.group.done(this.start, this.ended);
  }

  protected override exportedAttributes(): Attributes {
    const attributes: Attributes = { ...this.group.of.attributes, ...this.attributes };
    if (this.#frontmatterMs !== undefined) {
      attributes['astro.component.frontmatter_ms'] = rounded(this.#frontmatterMs);
      attributes['astro.component.markup_ms'] = rounded(this.duration - this.#frontmatterMs);
    }
    return attributes;
  }
}

export function groupOf<K>(key: K, among: Groups<Group>, describe: (key: K) => Described): Group {
  let group = among.get(key);
  if (group === undefined) {
    group = new Group(describe(key));
    among.set(key, group);
  }
  return group;
}

/** Microseconds are as much as the clock tells. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
