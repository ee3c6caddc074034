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
}

/** The spans of a request that were made in this thread. */
export class SpanTree {
  readonly root: SpanNode;
  readonly #byId = new Map<string, SpanNode>();

  /** @param threadId what other threads have sent is left out: it says nothing about this one. */
  constructor(root: LocalRoot, rootSpan: ReadableSpan, threadId: number) {
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

  /** The span, or the nearest around it that was open at that time: work goes on in the context of spans that have ended. */
  openAt(id: string | undefined, time: number): string {
    let node = this.get(id);
    while (node?.parent !== undefined && (time < node.start || time > node.end)) node = node.parent;
    return node?.id ?? this.root.id;
  }

  #add(span: ReadableSpan, parent: SpanNode | undefined): SpanNode {
    const id = span.spanContext().spanId;
    const node = { id, start: toMs(span.startTime), end: toMs(span.endTime), parent, children: [], span };
    this.#byId.set(id, node);
    return node;
  }
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
