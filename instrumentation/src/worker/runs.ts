import { type MessagePort, threadId } from 'node:worker_threads';
import type { Context, Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { askForProfile } from '../profiler/current.ts';
import { followEpoch, now, sinceEpoch } from './clock.ts';
import { context, createContextKey, createTraceState, ROOT_CONTEXT, SpanStatusCode, trace } from './otel.ts';
import type { Outbox } from './outbox.ts';
import type { Answer, Ask, Report } from './protocol.ts';
import { toCarrier, toRemote, toSpanContext } from './remote-span.ts';
import { ENDED } from './tasks.ts';

/** The answering side: what a worker does for one message. */
export interface Run {
  ask: Ask;
  /** Through which an answer may go. */
  ports: MessagePort[];
  picked: number;
  span: Span | undefined;
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

const THREAD = { 'thread.id': threadId };
const RUN = createContextKey('onetrace worker run');
const tracer = trace.getTracer('@onetrace/instrumentation/worker');

export class Runs {
  /** Returned without an answer, oldest first. */
  readonly #unanswered = new Set<Run>();
  readonly #outbox: Outbox;
  readonly #report: (report: Report) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(outbox: Outbox, report: (report: Report) => void) {
    this.#outbox = outbox;
    this.#report = report;
  }

  /** The context to work on the message in. The span starts here and ends with the answer. */
  pick(ports: MessagePort[], ask: Ask): { run: Run; at: Context } {
    const asking = trace.setSpanContext(ROOT_CONTEXT, toSpanContext(ask.carrier, createTraceState));
    const picked = now();
    const run: Run = { ask, ports, picked, span: undefined, answered: false, returned: undefined, polled: false };
    if (ask.epoch === undefined) return { run, at: asking.setValue(RUN, run) };
    followEpoch(ask.epoch);
    const span = tracer.startSpan(
      'worker.run',
      { startTime: sinceEpoch(picked), attributes: THREAD },
      ask.profile ? askForProfile(asking) : asking,
    );
    if (span.isRecording()) run.span = span;
    return { run, at: trace.setSpan(asking, span).setValue(RUN, run) };
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
    if (first) run.span?.end(sinceEpoch(posted));
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
    const time = sinceEpoch(now());
    return [...this.#unanswered].map(({ span, ask }) => {
      span?.setStatus({ code: SpanStatusCode.ERROR, message: ENDED });
      span?.end(time);
      return ask.id ?? 0;
    });
  }

  #look(): void {
    const longAgo = now() - PATIENCE_MS;
    for (const run of this.#unanswered) {
      if (run.returned === undefined || run.returned > longAgo) break;
      this.#unanswered.delete(run);
      this.#report({
        returned: run.ask.id ?? 0,
        at: run.returned,
        run: endedAt(run.span as unknown as ReadableSpan, run),
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
