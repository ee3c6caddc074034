import { type MessagePort, threadId } from 'node:worker_threads';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { askForProfile } from '../profiler/current.ts';
import { contexts } from '../spans/context-manager.ts';
import { spanIn } from '../spans/contexts.ts';
import { createTraceState, ROOT_CONTEXT, SpanStatusCode, trace } from '../spans/otel.ts';
import { followEpoch, now } from './clock.ts';
import type { Outbox } from './outbox.ts';
import { ANSWER, type Answer, type Ask, LATE, OWN_RUN, PROFILE, type Report } from './protocol.ts';
import { toCarrier, toRemote, toSpanContext } from './remote-span.ts';
import { active, type Run, RunContext } from './run.ts';
import { RunSpan } from './run-span.ts';
import { ENDED } from './tasks.ts';
import { postable, type Told, tell } from './told.ts';

/** A profiler's part in the spans of a thread. */
export interface Profile {
  /** Told of every run. */
  watchers: readonly SpanProcessor[];
  /** Takes finished spans, and lets those wait that have yet to be explained. */
  exporter: SpanProcessor;
}

export interface Answering {
  run: Run | undefined;
  /** The first to its message. */
  first: boolean;
  envelope: Answer;
  /** What it takes along, as it was. */
  told: Told | undefined;
}

/** An answer by an asynchronous listener is expected within this time; later the asking thread is told not to count on it. */
const PATIENCE_MS = 5000;
const LOOK_MS = 1000;

/** The answering side: the messages that this thread works on. */
export class Runs {
  /** Returned without an answer, oldest first. */
  readonly #unanswered = new Set<Run>();
  readonly #outbox: Outbox;
  readonly #report: (report: Report) => void;
  readonly #home: MessagePort | undefined;
  readonly #profile: Profile;
  #timer: NodeJS.Timeout | undefined;
  /** Those begun last, by a listener and by who polls: each may be under way. */
  #heard: Run | undefined;
  #polled: Run | undefined;

  /** @param home the port to the parent thread. Unlike others its far end never moves to a thread that knows nothing of the task. */
  constructor(
    outbox: Outbox,
    report: (report: Report) => void,
    home: MessagePort | undefined,
    profile: Profile = { watchers: [], exporter: outbox },
  ) {
    this.#outbox = outbox;
    this.#report = report;
    this.#home = home;
    this.#profile = profile;
  }

  /** The context to work on the message in. The span starts here and ends with the answer. */
  pick(port: MessagePort, replyPorts: readonly MessagePort[], envelope: Ask, polled = false): RunContext {
    const carrier = envelope[3];
    const id = envelope[4];
    const epoch = envelope[5];
    const picked = id === undefined ? 0 : now();
    const profiled = (envelope[1] & PROFILE) !== 0;
    const run: Run = {
      port,
      replyPorts,
      carrier,
      id: id ?? 0,
      picked,
      span: undefined,
      profiled,
      answered: false,
      returned: undefined,
      dismissed: false,
      reported: false,
      own: false,
      polled,
    };
    if (polled) this.#polled = run;
    else this.#heard = run;
    if (id === undefined || epoch === undefined)
      return new RunContext(run, trace.wrapSpanContext(toSpanContext(carrier, createTraceState)));
    followEpoch(epoch);
    const around = profiled ? askForProfile(ROOT_CONTEXT) : ROOT_CONTEXT;
    run.span = new RunSpan(carrier, picked, around, this.#profile.watchers);
    return new RunContext(run, run.span);
  }

  /** The listener is done with its synchronous part, or who polls with the message. */
  returned(run: Run): void {
    if (run.answered || run.span === undefined || run.returned !== undefined) return;
    run.returned = now();
    this.#waitFor(run);
  }

  #waitFor(run: Run): void {
    this.#unanswered.add(run);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** What goes back through a port through which the message came that is being worked on, or that came with it. */
  answer(key: number, value: unknown, port: MessagePort): Answering | undefined {
    const run = active();
    if (run === undefined || (run.port !== port && !run.replyPorts.includes(port))) return undefined;
    const { id, carrier } = run;
    const first = !run.answered;
    run.answered = true;
    if (id === 0) return { run, first, envelope: [key, ANSWER, value, carrier], told: undefined };
    const posted = now();
    if (run.returned !== undefined) this.#unanswered.delete(run);
    if (first) this.#end(run, posted);
    const bits = run.own ? ANSWER | OWN_RUN : ANSWER;
    const isKnown = first && !run.dismissed && port === this.#home;
    const envelope: Answer = [key, bits, value, isKnown ? '' : carrier, id, run.picked, posted];
    if (first && run.own && run.reported) takeRunAlong(envelope, run);
    return this.#with(run, first, envelope);
  }

  /** What answers no message, but is sent for some span. */
  notice(key: number, value: unknown): Answering | undefined {
    const sender = spanIn(contexts.active())?.spanContext();
    if (sender === undefined) return undefined;
    const moment = now();
    return this.#with(undefined, false, [key, ANSWER, value, toCarrier(sender), 0, moment, moment]);
  }

  #with(run: Run | undefined, first: boolean, envelope: Answer): Answering {
    const told = this.#outbox.take();
    if (told !== undefined) tell(envelope, told, run?.carrier);
    return { run, first, envelope, told };
  }

  /** postMessage threw: the app may post another answer, and the spans wait for it. */
  notSent({ run, first, told }: Answering): void {
    this.#outbox.putBack(told);
    if (run === undefined || !first) return;
    run.answered = false;
    if (run.returned !== undefined) this.#waitFor(run);
  }

  /** The thread ends by itself: what it was working on failed. The numbers of those tasks. */
  abandon(): number[] {
    const moment = now();
    return [...this.#unanswered, ...[this.#heard, this.#polled].filter(isUnderWay)].map((run) => {
      run.span?.setStatus({ code: SpanStatusCode.ERROR, message: ENDED });
      this.#end(run, moment);
      run.dismissed = true;
      return run.id;
    });
  }

  #end(run: Run, moment: number): void {
    const { span } = run;
    if (span === undefined) return;
    span.endAt(moment);
    if (run.own || (!run.profiled && span.plain)) return;
    run.own = true;
    if (run.reported) return;
    this.#profile.exporter.onEnd(withThread(span));
  }

  #look(): void {
    const longAgo = now() - PATIENCE_MS;
    for (const run of this.#unanswered) {
      if (run.span === undefined || run.returned === undefined || run.returned > longAgo) break;
      this.#unanswered.delete(run);
      run.dismissed = true;
      run.reported = true;
      this.#report({ returned: run.id, at: run.returned, run: endedAt(run.span, run) });
    }
    if (this.#unanswered.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** The asking thread has it from a report, and knows whether that was the last word: see LATE. */
function takeRunAlong(envelope: Answer, { span }: Run): void {
  if (span === undefined) return;
  envelope[1] |= LATE;
  envelope.push(toRemote(withThread(span)));
}

/** Its listener has neither answered nor returned. */
function isUnderWay(run: Run | undefined): run is Run {
  return run?.span !== undefined && !run.answered && run.returned === undefined;
}

/** With those of its spans that can be posted; `undefined` if that is all of them. */
export function withPostable(answer: Answering): Answering | undefined {
  const { run, envelope, told = [] } = answer;
  const kept = postable(told);
  if (kept.length === told.length) return undefined;
  envelope.length -= told.length;
  tell(envelope, kept, run?.carrier);
  return { ...answer, told: kept };
}

/** What the asking thread says of a run whose span it makes itself. */
function withThread(span: RunSpan): RunSpan {
  span.attributes['thread.id'] = threadId;
  return span;
}

/** As if the span had ended when the listener returned; it stays open, the answer may still come. */
function endedAt(span: ReadableSpan, { picked, returned = picked }: Run): ReturnType<typeof toRemote> {
  const ms = returned - picked;
  const nanoseconds = span.startTime[1] + Math.round(ms * 1e6);
  return {
    ...toRemote(span),
    attributes: { ...span.attributes, 'thread.id': threadId },
    endTime: [span.startTime[0] + Math.floor(nanoseconds / 1e9), nanoseconds % 1e9],
  };
}
