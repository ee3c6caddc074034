import type { MessagePort } from 'node:worker_threads';
import type { Attributes, Context, SpanContext } from '@opentelemetry/api';
import { isProfiled } from '../profiler/current.ts';
import { spanIn, withSpan } from '../spans/contexts.ts';
import { childOf } from '../spans/finished-span.ts';
import { createTraceState, ROOT_CONTEXT, TraceFlags, trace } from '../spans/otel.ts';
import { epochOfClock, now } from './clock.ts';
import {
  type Answer,
  ASK,
  type Ask,
  LATE,
  OWN_RUN,
  PROFILE,
  partnerOf,
  type Report,
  type Thread,
  TOLD,
} from './protocol.ts';
import { type Carrier, type RemoteSpan, toCarrier, toSpanContext } from './remote-span.ts';
import { RUN } from './run-span.ts';
import { record, recordWait, taskName } from './task-spans.ts';
import type { Known, Told } from './told.ts';

/**
 * The asking side: one span per message that is answered, from postMessage to the moment the answer reaches this thread.
 *
 *   worker.task catalogue.mjs  ├────────────────────────────────────┤
 *   worker.queue_wait          ├───────┤ the worker was busy
 *   worker.run                         ├───────────┤ the parent of what happens in the worker
 *   worker.answer_wait                             ├────────────────┤ this thread was busy
 */
interface Task {
  thread: Thread | undefined;
  parent: SpanContext;
  span: SpanContext;
  /** `worker.run`, which has its id from here. */
  run: Known;
  /** In which the message was posted, and in which the answer is heard. */
  context: Context;
  port: MessagePort;
  /** Ends that stayed here of channels that went with the message: by those it may be answered as well. */
  replyEnds: readonly MessagePort[];
  posted: number;
  /** Its listener returned long ago: the run as it was then. */
  left: { run: RemoteSpan; emit: Emit } | undefined;
}

type Emit = (told: Told) => void;

/** Messages that nobody ever answers must not pile up. */
const MAX_OPEN = 10_000;
/** Of those that ended without a run little is kept. An answer that comes when more have been given up since is heard outside of any trace. */
const MAX_GIVEN_UP = 10 * MAX_OPEN;
/** How long a task that nobody counts on any more outlives the span that asked. */
const GRACE_MS = 5000;

/** Status of what was under way when a worker ended. */
export const ENDED = 'the worker ended before it answered';

const NONE: readonly MessagePort[] = [];
const open = new Map<number, Task>();
/** What ended without a run, in case that it is answered after all: the answer does not say which trace it belongs to. */
const givenUp = new Map<number, Known>();
let lastId = 0;

/** The envelope for a message that is posted for `asking`, or `undefined` where no trace is concerned. */
export function ask(
  key: number,
  value: unknown,
  port: MessagePort,
  thread: Thread | undefined,
  asking: Context,
): Ask | undefined {
  const parent = spanIn(asking)?.spanContext();
  if (parent === undefined) return undefined;
  if ((parent.traceFlags & TraceFlags.SAMPLED) === 0) return [key, ASK, value, toCarrier(parent)];
  const epoch = epochOfClock();
  const span = childOf(parent);
  const context = { ...span, spanId: partnerOf(span.spanId) };
  const run = { carrier: toCarrier(context), context };
  const id = ++lastId;
  open.set(id, { thread, parent, span, run, context: asking, port, replyEnds: NONE, posted: now(), left: undefined });
  if (open.size > MAX_OPEN) giveUpOldest();
  return [key, isProfiled(asking) ? ASK | PROFILE : ASK, value, run.carrier, id, epoch];
}

/** What goes with a message that is about to be posted. */
export function repliesComeTo(envelope: Ask, replyEnds: readonly MessagePort[]): void {
  const task = open.get(envelope[4] ?? 0);
  if (task !== undefined) task.replyEnds = replyEnds;
}

/** postMessage threw: nothing was sent. The error's message may quote what was to be sent, so only its name is told. */
export function notSent(envelope: Ask, error: unknown): void {
  const id = envelope[4];
  const task = id && open.get(id);
  if (!id || !task) return;
  const name = (error as { name?: string }).name ?? 'error';
  close(id, task, now(), { 'error.type': name }, name);
}

/** The run that a message answers, to those who come with it; to be asked before the answer ends the task. */
export function runOf(answer: Answer): Known | undefined {
  const carrier = answer[3];
  if (carrier !== '') return { carrier, context: toSpanContext(carrier, createTraceState) };
  const id = answer[4] ?? 0;
  return open.get(id)?.run ?? givenUp.get(id);
}

/** From where on an answer's spans are new here: a run that comes late was taken from a report, once its task had ended. */
export function newFrom(answer: Answer): number {
  if ((answer[1] & LATE) === 0) return TOLD;
  const id = answer[4] ?? 0;
  return (open.get(id)?.run ?? givenUp.get(id))?.carrier === answer[3] ? TOLD : TOLD + 1;
}

/** Ends the task; returns the context in which the app is to hear the answer. */
export function answered(answer: Answer): Context {
  const carrier = answer[3];
  const id = answer[4];
  const task = id === undefined ? undefined : open.get(id);
  // Through a port that has moved here it may be another thread's task of the same number.
  if (id === undefined || task === undefined || (carrier !== '' && carrier !== task.run.carrier))
    return afterwards(answer);
  const received = now();
  const picked = answer[5] ?? 0;
  const posted = answer[6] ?? 0;
  const { span, run, thread } = task;
  recordWait('worker.queue_wait', span, task.posted, picked);
  if ((answer[1] & OWN_RUN) === 0)
    record(RUN, span, run.context, picked, posted, thread === undefined ? {} : { 'thread.id': thread.id });
  recordWait('worker.answer_wait', span, posted, received);
  close(id, task, received, {
    'onetrace.worker.queue_wait_ms': rounded(picked - task.posted),
    'onetrace.worker.run_ms': rounded(posted - picked),
    'onetrace.worker.answer_wait_ms': rounded(received - posted),
  });
  return task.context;
}

/** Not sampled, one more answer to the same message, or one too late: all that is left to say is which trace it belongs to. */
function afterwards(answer: Answer): Context {
  const run = runOf(answer);
  if (run === undefined) return ROOT_CONTEXT;
  if (forgets(answer[4] ?? 0, run.carrier) && (answer[1] & OWN_RUN) === 0)
    record(RUN, taskOf(run), run.context, answer[5] ?? 0, answer[6] ?? 0, {});
  return withSpan(ROOT_CONTEXT, trace.wrapSpanContext(run.context));
}

/** True if it has ended without a run, which is there now. */
function forgets(id: number, carrier: Carrier): boolean {
  return givenUp.get(id)?.carrier === carrier && givenUp.delete(id);
}

/** A listener returned long ago and has not answered: the message may have been one that needs no answer. */
export function returned({ returned: id, at, run }: Extract<Report, { returned: number }>, emit: Emit): void {
  const task = open.get(id);
  if (task?.run.carrier === run.carrier) {
    task.left = { run, emit };
    endUnanswered(id, task, at);
  } else if (forgets(id, run.carrier)) emit([run]);
}

/** As long as the span that asked is open an answer may still come. */
function endUnanswered(id: number, task: Task, moment: number): void {
  if (open.get(id) !== task) return;
  if (trace.getSpan(task.context)?.isRecording()) setTimeout(endUnanswered, GRACE_MS, id, task, moment).unref();
  else giveUp(id, task, moment);
}

/** A worker ends by itself and says which tasks it leaves: this comes before the app hears of its end. Their runs have come. */
export function abandoned(ids: number[]): void {
  for (const id of ids) {
    const task = open.get(id);
    if (task !== undefined) close(id, task, now(), {}, ENDED);
    else givenUp.delete(id);
  }
}

/** The other end of a port is gone, and with it every answer that was to come through it. */
export function closed(port: MessagePort): void {
  const time = now();
  for (const [id, task] of open) {
    if (task.port === port) {
      close(id, task, time, {}, ENDED);
      keepRun(id, task);
    } else if (task.replyEnds.includes(port)) {
      task.replyEnds = task.replyEnds.filter((end) => end !== port);
      if (task.replyEnds.length === 0) endUnanswered(id, task, time);
    }
  }
}

/** A worker was ended from outside and could say nothing: whatever it did, it did for one of these. */
export function terminated(thread: Thread): void {
  const time = now();
  for (const [id, task] of open) {
    if (task.thread !== thread) continue;
    close(id, task, time, {}, ENDED);
    if (task.left === undefined)
      record(RUN, task.span, task.run.context, task.posted, time, { 'thread.id': thread.id }, ENDED);
    else keepRun(id, task);
  }
}

/** @param attributes of its outcome; the thread's are added */
function close(id: number, task: Task, moment: number, attributes: Attributes, error?: string): void {
  open.delete(id);
  const { thread, parent, span, posted } = task;
  if (thread !== undefined) {
    attributes['thread.id'] = thread.id;
    if (thread.name) attributes['thread.name'] = thread.name;
    attributes['code.file.path'] = thread.file;
  }
  record(taskName(thread), parent, span, posted, moment, attributes, error);
}

function giveUpOldest(): void {
  const [oldest] = open;
  if (oldest === undefined) return;
  giveUp(...oldest, now());
}

function giveUp(id: number, task: Task, moment: number): void {
  close(id, task, moment, { 'onetrace.worker.answered': false });
  keepRun(id, task);
}

/** Of a task that has ended without an answer: what happened in the worker is below its run. */
function keepRun(id: number, { run, left }: Task): void {
  if (left !== undefined) {
    left.emit([left.run]);
    return;
  }
  givenUp.set(id, run);
  if (givenUp.size <= MAX_GIVEN_UP) return;
  const [forgotten] = givenUp.keys();
  givenUp.delete(forgotten as number);
}

function taskOf({ context }: Known): SpanContext {
  return { ...context, spanId: partnerOf(context.spanId) };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
