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

/** `undefined` where no spans are exported. */
export function sinkOfThread(): Sink | undefined {
  return current;
}
