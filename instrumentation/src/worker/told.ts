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

/** Instead of a carrier, in an answer: of the run that it answers. */
const THIS_RUN = '';

/** What the thread knows of a span that it has sent somewhere. */
export interface Known {
  carrier: Carrier;
  context: SpanContext;
}

/**
 * Puts what was told behind what a message says already. What is of the `run` that the message answers says so in short: not before
 * it is posted is it certain which answer takes what along.
 */
export function tell(message: unknown[], told: Told, run: Carrier | undefined): void {
  copy(told, 0, message, run, THIS_RUN);
}

/** Without the spans that hold what cannot be posted, which nothing else is to suffer from. */
export function postable(told: Told): Told {
  return told.filter((entry) => typeof entry !== 'object' || canBePosted(entry));
}

function canBePosted(span: RemoteSpan): boolean {
  try {
    structuredClone(span);
    return true;
  } catch {
    return false;
  }
}

/** The other way round, to be told to somebody else: what a message tells from `from` on, `asked` being the run that it answers. */
export function retell(message: readonly unknown[], from: number, asked: Known | undefined, told: Told): void {
  copy(message, from, told, THIS_RUN, asked?.carrier);
}

/** @param becomes in the place of `carrier`; without it, its statements are left out */
function copy(
  source: readonly unknown[],
  from: number,
  target: unknown[],
  carrier: string | undefined,
  becomes: string | undefined,
): void {
  for (let at = from; at < source.length; ) {
    const entry = source[at];
    if (typeof entry === 'string') {
      const name = entry === carrier ? becomes : entry;
      if (name !== undefined) target.push(name, source[at + 1], source[at + 2], source[at + 3], source[at + 4]);
      at += 5;
    } else {
      target.push(entry);
      at += 1;
    }
  }
}

/**
 * Spans made in another thread go the way of this thread's own: what a message tells from `from` on. `asked` is the run that it answers,
 * without which the statements of that run have no place.
 */
export function adopt(message: readonly unknown[], from = 0, asked?: Known): void {
  for (let at = from; at < message.length; ) {
    const entry = message[at] as RemoteSpan | string;
    if (typeof entry === 'string') {
      const parent = entry === THIS_RUN ? asked?.context : toSpanContext(entry, createTraceState);
      if (parent !== undefined)
        finishStatement(
          parent,
          message[at + 1] as string,
          message[at + 2] as number,
          message[at + 3] as number,
          message[at + 4] as number,
        );
      at += 5;
    } else {
      adoptSpan(entry);
      at += 1;
    }
  }
}

function adoptSpan(span: RemoteSpan): void {
  const sink = sinkOfThread();
  if (sink !== undefined) sink.onEnd(fromRemote(span, sink.resource, createTraceState));
}
