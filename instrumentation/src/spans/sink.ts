import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Where the finished spans of this thread go. */
export interface Sink {
  resource: ReadableSpan['resource'];
  onEnd(span: ReadableSpan): void;
}

let current: Sink | undefined;

export function finishedSpansGoTo(sink: Sink): void {
  current = sink;
}

/** Makes a span of what it is given the resource for; nothing where no spans are exported. */
export function finish(make: (resource: ReadableSpan['resource']) => ReadableSpan): void {
  if (current !== undefined) current.onEnd(make(current.resource));
}
