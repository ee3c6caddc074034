import type { Context, Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { api } from '../sdk/api.ts';

/**
 * What a sample says about whose work it shows: one for each span of a root that is wanted, made when the span's context is first entered;
 * one for all spans of another, as that is all that anybody wants to know about it.
 */
export interface Label {
  readonly root: LocalRoot;
  /** Until the root ends. */
  span: Span | undefined;
  /** Of the exported span; known when the root has ended. */
  spanId: string | undefined;
}

/** A span that others do not export themselves: it may turn out to be part of another one. */
interface Deferred {
  readonly request: { readonly root: Span };
  readonly parent: Span;
  exportedId(): string | undefined;
}

/** More spans than a page should have; the rest is not looked at. */
const MAX_SPANS = 5000;

/**
 * The first span of a request or task in this thread, with what belongs to it. What a label refers to lives as long as any async context
 * does that carries it: nothing in here may lead back to a context once the root has ended.
 */
export class LocalRoot {
  /** Somebody who may has asked for a profile. */
  readonly wanted: boolean;
  readonly traceId: string;
  readonly spanId: string;
  /** ms since the epoch */
  readonly start: number;
  /** When it ended or was given up, in ms since the epoch. */
  ended = Number.POSITIVE_INFINITY;
  /** Until then. */
  span: (Span & ReadableSpan) | undefined;
  /** Ended spans of its trace, of a root that is wanted. */
  spans: ReadableSpan[] = [];
  /** Ids of the spans in whose context something ran. */
  readonly entered = new Set<string>();
  #name: string;
  readonly #labels = new Map<Span, Label>();
  readonly #holders = new Map<Span, object>();

  constructor(span: Span & ReadableSpan, wanted: boolean) {
    this.span = span;
    this.wanted = wanted;
    const { traceId, spanId } = span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
    this.start = toMs(span.startTime);
    this.#name = span.name;
  }

  /** Method and route of a request, once they are known. */
  get name(): string {
    return this.span === undefined ? this.#name : nameOf(this.span);
  }

  keep(span: ReadableSpan): void {
    if (this.spans.length < MAX_SPANS) this.spans.push(span);
  }

  /**
   * What V8 is to carry while it works for this span: a native object, at some microseconds each, which keeps its label alive for as long as
   * it lives, and must not be reachable from there for ever. `null` after the end: work that is left over goes on under the label that it has.
   */
  holderOf(span: Span, make: (label: Label) => object): object | null {
    if (this.span === undefined) return null;
    const owner = this.wanted ? span : this.span;
    let holder = this.#holders.get(owner);
    if (holder === undefined) {
      const label = { root: this, span: owner, spanId: undefined };
      holder = make(label);
      this.#labels.set(owner, label);
      this.#holders.set(owner, holder);
    }
    return holder;
  }

  /** It has ended, or takes too long. */
  close(now: number): void {
    this.ended = now;
    this.#name = this.name;
    for (const label of this.#labels.values()) {
      if (label.span !== undefined) label.spanId = exportedId(label.span);
      if (label.spanId !== undefined) this.entered.add(label.spanId);
      label.span = undefined;
    }
    this.#labels.clear();
    this.#holders.clear();
    this.span = undefined;
  }
}

/** Which local root a span belongs to. */
export class Roots {
  readonly #byspan = new WeakMap<Span, LocalRoot>();

  add(span: Span, root: LocalRoot): void {
    this.#byspan.set(span, root);
  }

  of(span: Span): LocalRoot | undefined {
    return this.#byspan.get(isDeferred(span) ? span.request.root : span);
  }

  /** See LocalRoot.holderOf(); `undefined` where nobody's work is known to be done. */
  holderOf(context: Context, make: (label: Label) => object): object | undefined | null {
    const span = api.trace.getSpan(context);
    return span && this.of(span)?.holderOf(span, make);
  }
}

/** Whether the span was made in this thread, and is not just the address of one elsewhere. */
export function isLocal(span: Span): boolean {
  return isDeferred(span) || 'resource' in span;
}

function isDeferred(span: Span): span is Span & Deferred {
  return 'request' in span;
}

/** Of the span itself, or of the nearest one around it that was exported. */
function exportedId(span: Span): string | undefined {
  let at: Span = span;
  while (isDeferred(at)) {
    const id = at.exportedId();
    if (id !== undefined) return id;
    at = at.parent;
  }
  return at.spanContext().spanId;
}

function nameOf({ name, attributes }: ReadableSpan): string {
  const method = attributes['http.request.method'];
  const place = attributes['http.route'] ?? attributes['url.path'];
  return method === undefined || place === undefined ? name : `${method} ${place}`;
}

/** Seconds and nanoseconds, in ms. */
export function toMs([seconds, nanoseconds]: [number, number]): number {
  return seconds * 1000 + nanoseconds / 1e6;
}
