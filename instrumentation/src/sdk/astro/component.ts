import type { Attributes, Context, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { HeldSpan, holderOf } from './held-span.ts';
import type { RequestTrace } from './request-trace.ts';

/** Groups below one parent, by what is repeated: a component, an island, a collection. */
export type Groups = Map<unknown, Group>;

/** What the same component did below one parent. */
export class Group {
  readonly name: string;
  readonly attributes: Attributes;
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
  children: Groups | undefined;
  context: SpanContext | undefined;

  constructor(name: string, attributes: Attributes) {
    this.name = name;
    this.attributes = attributes;
  }

  spanContext(request: RequestTrace): SpanContext {
    this.context ??= request.newSpanContext();
    return this.context;
  }
}

/** One rendering of a component or an island, or one query of a collection. */
export class Component extends HeldSpan {
  readonly group: Group;
  readonly depth: number;
  /** One of too many: whoever asks for its id gets that of the span that stands for all of them. */
  readonly surplus: boolean;
  failed = false;
  /** Whether its frontmatter has begun. */
  started = false;
  #frontmatterMs: number | undefined;

  constructor(request: RequestTrace, at: Context, group: Group, limit: number) {
    super(request, at, group.name, {});
    this.group = group;
    this.depth = this.parent instanceof Component ? this.parent.depth + 1 : 1;
    group.count++;
    if (this.start < group.first) group.first = this.start;
    this.surplus = group.count > limit;
    if (!this.surplus) group.kept.push(this);
    holderOf(this.parent)?.hold();
  }

  override spanContext(): SpanContext {
    return this.surplus ? this.group.spanContext(this.request) : super.spanContext();
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
    if (this.isRecording()) this.failed = true;
    super.fail(error);
  }

  /** The loop that walks a stream does not come back to what it was in when something below threw. */
  override cutOff(): void {
    const { parent } = this;
    if (!(parent instanceof Component && parent.failed)) return super.cutOff();
    this.failed = true;
    this.status = parent.status;
    this.close();
    this.ended = Math.max(this.start, parent.ended ?? this.start);
  }

  protected override close(): void {
    super.close();
    const { group, duration } = this;
    group.total += duration;
    if (duration > group.max) group.max = duration;
    if (this.ended !== undefined && this.ended > group.last) group.last = this.ended;
  }

  override readable(parent: SpanContext): ReadableSpan {
    const attributes: Attributes = { ...this.group.attributes, ...this.attributes };
    if (this.#frontmatterMs !== undefined) {
      attributes['astro.component.frontmatter_ms'] = rounded(this.#frontmatterMs);
      attributes['astro.component.markup_ms'] = rounded(this.duration - this.#frontmatterMs);
    }
    return { ...super.readable(parent), attributes };
  }
}

/** Microseconds are as much as the clock tells. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
