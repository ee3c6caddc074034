import type { SpanContext } from '@opentelemetry/api';
import { createTraceState } from '../spans/otel.ts';
import { sinkOfThread } from '../spans/sink.ts';
import { finishStatement } from '../sqlite/span.ts';
import { type Carrier, fromRemote, type RemoteSpan, toSpanContext } from './remote-span.ts';

/**
 * Finished spans on their way to the thread that exports them, one behind the other. A RemoteSpan is one entry. An SQL statement, of
 * which there are many, is five, as that is far cheaper to post than an object: the carrier of the span that it was run for, its SQL,
 * when it began and ended on the shared clock, and the rows it returned, or -1.
 */
export type Told = (RemoteSpan | string | number)[];

/** What the thread knows of a span that it has sent somewhere. */
export interface Known {
  carrier: Carrier;
  context: SpanContext;
}

/** Spans made in another thread go the way of this thread's own. `asked` is the span that they were probably made for. */
export function adopt(told: Told, asked?: Known): void {
  for (let at = 0; at < told.length; ) {
    const entry = told[at];
    if (typeof entry === 'string') {
      const parent = entry === asked?.carrier ? asked.context : toSpanContext(entry, createTraceState);
      finishStatement(
        parent,
        told[at + 1] as string,
        told[at + 2] as number,
        told[at + 3] as number,
        told[at + 4] as number,
      );
      at += 5;
    } else {
      adoptSpan(entry as RemoteSpan);
      at += 1;
    }
  }
}

function adoptSpan(span: RemoteSpan): void {
  const sink = sinkOfThread();
  if (sink !== undefined) sink.onEnd(fromRemote(span, sink.resource, createTraceState));
}
