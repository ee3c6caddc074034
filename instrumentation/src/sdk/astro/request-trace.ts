import type { Attributes, Context, Span, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { spanIn } from '../../spans/contexts.ts';
import { childOf } from '../../spans/finished-span.ts';
import { Component, type Described, type Group, groupOf } from './component.ts';
import { unfold } from './fold.ts';
import { Groups } from './groups.ts';
import { holderOf, PageSpan } from './held-span.ts';
import type { Limits } from './limits.ts';
import { RecordedSpan } from './recorded-span.ts';
import type { Recorder, Root } from './recorder.ts';

const SCOPE = { name: '@onetrace/instrumentation/astro' };

/**
 * The spans of one request. Those that are few are exported when they end; components when all is over, because only then it is known
 * how many there were.
 */
export class RequestTrace implements Recorder {
  readonly root: Root;
  readonly limits: Limits;
  closed = false;
  /** Between the adapter and Astro: the request is translated, its route looked up. */
  matching: RecordedSpan | undefined;
  readonly resource: ReadableSpan['resource'];
  readonly scope = SCOPE;
  readonly #export: (span: ReadableSpan) => void;
  readonly #rootContext: SpanContext;
  /** All but components, ended or not: they are few. */
  readonly #own: RecordedSpan[] = [];
  /** Spans with components right below. */
  readonly #tops = new Map<Span, Groups<Group>>();
  #lastError: unknown;
  #pages = 0;
  #afterPages: (() => void) | undefined;

  constructor(root: Root, limits: Limits, exportSpan: (span: ReadableSpan) => void) {
    this.root = root;
    this.limits = limits;
    this.resource = root.resource;
    this.#export = exportSpan;
    this.#rootContext = root.spanContext();
  }

  span(at: Context, name: string, attributes: Attributes): RecordedSpan {
    return this.#opened(new RecordedSpan(this, at, name, attributes));
  }

  page(at: Context, attributes: Attributes): PageSpan {
    this.#pages++;
    return this.#opened(new PageSpan(this, at, attributes));
  }

  /** `key` tells what is the same and may be folded into one span. */
  component<K>(at: Context, key: K, describe: (key: K) => Described): Component {
    return this.begin(at, groupOf(key, this.groupsBelow(spanIn(at) ?? this.root), describe));
  }

  begin(at: Context, group: Group, start?: number): Component {
    const surplus = group.count >= this.limits.repeat;
    const component = new Component(this, at, group, surplus, start);
    group.begun(component.start, surplus);
    if (!surplus) group.kept.push(component);
    holderOf(component.parent)?.hold();
    return component;
  }

  newSpanContext(): SpanContext {
    return childOf(this.#rootContext);
  }

  firstSeen(error: unknown): boolean {
    const first = this.#lastError !== error;
    this.#lastError = error;
    return first;
  }

  spanEnded(span: RecordedSpan): void {
    // Components wait for their like; and what ends after the request has been handed over already.
    if (this.closed || span instanceof Component) return;
    this.#export(span.readable(span.parent.spanContext()));
    if (span instanceof PageSpan && --this.#pages === 0) this.#afterPages?.();
  }

  /** The root has ended: nothing that is still open will be seen to end. */
  finish(): void {
    if (this.closed) return;
    for (const span of this.#own.toReversed()) if (span.isRecording()) span.cutOff();
    this.closed = true;
    for (const [parent, groups] of this.#tops) unfold(groups, parent.spanContext(), this, this.#export);
    this.#tops.clear();
    this.#own.length = 0;
  }

  /** At once if no page is being rendered. */
  whenPagesEnd(then: () => void): void {
    if (this.#pages === 0) then();
    else this.#afterPages = then;
  }

  groupsBelow(parent: Span): Groups<Group> {
    if (parent instanceof Component) return parent.groups;
    let groups = this.#tops.get(parent);
    if (groups === undefined) {
      groups = new Groups<Group>();
      this.#tops.set(parent, groups);
    }
    return groups;
  }

  #opened<T extends RecordedSpan>(span: T): T {
    this.#own.push(span);
    return span;
  }
}
