import { type MessagePort, threadId } from 'node:worker_threads';
import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { askForProfile } from '../profiler/current.ts';
import { Overlay, withSpan } from '../spans/contexts.ts';
import { context, createContextKey, createTraceState, ROOT_CONTEXT, SpanStatusCode, trace } from '../spans/otel.ts';
import { followEpoch, now } from './clock.ts';
import type { Outbox } from './outbox.ts';
import type { Answer, Ask, Report } from './protocol.ts';
import { toCarrier, toRemote, toSpanContext } from './remote-span.ts';
import { RunSpan } from './run-span.ts';
import { ENDED } from './tasks.ts';

/** The answering side: what a worker does for one message. */
export interface Run {
  ask: Ask;
  /** Through which an answer may go. */
  ports: MessagePort[];
  picked: number;
  span: RunSpan | undefined;
  answered: boolean;
  /** When the listener returned without having answered. */
  returned: number | undefined;
  /** It came by receiveMessageOnPort. */
  polled: boolean;
}

interface Answering {
  run?: Run;
  header: Answer;
}

/** An answer by an asynchronous listener is expected within this time; later the asking thread is told not to count on it. */
const PATIENCE_MS = 5000;
const LOOK_MS = 1000;

const RUN = createContextKey('onetrace worker run');

export class Runs {
  /** Returned without an answer, oldest first. */
  readonly #unanswered = new Set<Run>();
  readonly #outbox: Outbox;
  readonly #report: (report: Report) => void;
  readonly #processors: readonly SpanProcessor[];
  #timer: NodeJS.Timeout | undefined;

  /** @param processors through which the thread's spans go to the outbox */
  constructor(outbox: Outbox, report: (report: Report) => void, processors: readonly SpanProcessor[] = [outbox]) {
    this.#outbox = outbox;
    this.#report = report;
    this.#processors = processors;
  }

  /** The context to work on the message in. The span starts here and ends with the answer. */
  pick(ports: MessagePort[], ask: Ask): { run: Run; at: Context } {
    const parent = toSpanContext(ask.carrier, createTraceState);
    const asking = withSpan(ROOT_CONTEXT, trace.wrapSpanContext(parent));
    const picked = now();
    const run: Run = { ask, ports, picked, span: undefined, answered: false, returned: undefined, polled: false };
    if (ask.epoch === undefined) return { run, at: new Overlay(asking, RUN, run) };
    followEpoch(ask.epoch);
    const around = ask.profile ? askForProfile(asking) : asking;
    run.span = new RunSpan(parent, around, threadId, picked, this.#processors);
    return { run, at: new Overlay(withSpan(asking, run.span), RUN, run) };
  }

  /** The listener is done with its synchronous part. */
  returned(run: Run): void {
    if (run.answered || run.span === undefined) return;
    run.returned = now();
    this.#unanswered.add(run);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** The header for a message that goes back through the port through which the one came that is being worked on. */
  answer(port: MessagePort): Answering | undefined {
    const run = active();
    if (run === undefined || !run.ports.includes(port)) return undefined;
    const { id, carrier } = run.ask;
    const first = !run.answered;
    run.answered = true;
    if (id === undefined) return { run, header: { carrier } };
    const posted = now();
    this.#unanswered.delete(run);
    if (first) run.span?.endAt(posted);
    return { run, header: { carrier, done: { id, picked: run.picked, posted, spans: this.#outbox.take() } } };
  }

  /** The header for a message that answers none, but is sent for some span. */
  notice(): Answering | undefined {
    const sender = trace.getSpanContext(context.active());
    if (sender === undefined) return undefined;
    const moment = now();
    const done = { id: 0, picked: moment, posted: moment, spans: this.#outbox.take() };
    return { header: { carrier: toCarrier(sender), done } };
  }

  /** postMessage threw: the app may post another answer, and the spans wait for it. */
  notSent({ run, header }: Answering): void {
    if (run !== undefined) run.answered = false;
    if (header.done) this.#outbox.putBack(header.done.spans);
  }

  /** The thread ends by itself: what it was working on failed. The numbers of those tasks. */
  abandon(): number[] {
    const moment = now();
    return [...this.#unanswered].map(({ span, ask }) => {
      span?.setStatus({ code: SpanStatusCode.ERROR, message: ENDED });
      span?.endAt(moment);
      return ask.id ?? 0;
    });
  }

  #look(): void {
    const longAgo = now() - PATIENCE_MS;
    for (const run of this.#unanswered) {
      if (run.span === undefined || run.returned === undefined || run.returned > longAgo) break;
      this.#unanswered.delete(run);
      this.#report({
        returned: run.ask.id ?? 0,
        at: run.returned,
        run: endedAt(run.span, run),
      });
    }
    if (this.#unanswered.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

export function active(): Run | undefined {
  return context.active().getValue(RUN) as Run | undefined;
}

/** As if the span had ended when the listener returned; it stays open, the answer may still come. */
function endedAt(span: ReadableSpan, { picked, returned = picked }: Run): ReturnType<typeof toRemote> {
  const ms = returned - picked;
  const nanoseconds = span.startTime[1] + Math.round(ms * 1e6);
  return {
    ...toRemote(span),
    endTime: [span.startTime[0] + Math.floor(nanoseconds / 1e9), nanoseconds % 1e9],
  };
}
