import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type LocalRoot, toMs } from './roots.ts';

export interface SpanNode {
  id: string;
  /** ms since the epoch */
  start: number;
  end: number;
  parent: SpanNode | undefined;
  children: SpanNode[];
  span: ReadableSpan;
  /** It measures something synchronous, and its context was never entered: what the thread did meanwhile was this. */
  passive: boolean;
}

/** Those of them that make spans around a call without entering it. */
const SCOPES = new Set(['@onetrace/instrumentation/astro', '@onetrace/instrumentation/sqlite']);

/** The spans of a request that were made in this thread. */
export class SpanTree {
  readonly root: SpanNode;
  readonly #byId = new Map<string, SpanNode>();
  readonly #entered: ReadonlySet<string>;

  /** @param threadId what other threads have sent is left out: it says nothing about this one. */
  constructor(root: LocalRoot, rootSpan: ReadableSpan, threadId: number) {
    this.#entered = root.entered;
    this.root = this.#add(rootSpan, undefined);
    const below = Map.groupBy(root.spans, ({ parentSpanContext }) => parentSpanContext?.spanId ?? '');
    const left = [this.root];
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      for (const span of below.get(node.id) ?? []) {
        const elsewhere = span.name === 'worker.run' && span.attributes['thread.id'] !== threadId;
        if (elsewhere || this.#byId.has(span.spanContext().spanId)) continue;
        const child = this.#add(span, node);
        node.children.push(child);
        left.push(child);
      }
    }
  }

  get(id: string | undefined): SpanNode | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  all(): Iterable<SpanNode> {
    return this.#byId.values();
  }

  /**
   * The span whose work a sample with this id shows. The id is that of the context: work goes on in the context of spans that have ended,
   * and counts for the one around them.
   */
  openAt(id: string | undefined, time: number): string {
    let node = this.get(id) ?? this.root;
    while (node.parent !== undefined && !isOpen(node, time)) node = node.parent;
    return node.children.find((child) => child.passive && isOpen(child, time))?.id ?? node.id;
  }

  #add(span: ReadableSpan, parent: SpanNode | undefined): SpanNode {
    const id = span.spanContext().spanId;
    const passive = SCOPES.has(span.instrumentationScope.name) && !this.#entered.has(id);
    const node = { id, start: toMs(span.startTime), end: toMs(span.endTime), parent, children: [], span, passive };
    this.#byId.set(id, node);
    return node;
  }
}

function isOpen({ start, end }: SpanNode, time: number): boolean {
  return time >= start && time <= end;
}

/** When a span was open and none of its children: [from, to] pairs, in ms, in order. */
export function selfTimes({ start, end, children }: SpanNode): [from: number, to: number][] {
  const free: [number, number][] = [];
  let from = start;
  for (const child of children.toSorted((a, b) => a.start - b.start)) {
    if (child.start > from) free.push([from, Math.min(child.start, end)]);
    from = Math.max(from, child.end);
    if (from >= end) return free;
  }
  free.push([from, end]);
  return free;
}
