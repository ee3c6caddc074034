import { basename } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { Attributes, Context, SpanContext } from '@opentelemetry/api';
import { isProfiled } from '../profiler/current.ts';
import { withSpan } from '../spans/contexts.ts';
import { childOf, FinishedSpan } from '../spans/finished-span.ts';
import { hrTime } from '../spans/hr-time.ts';
import { createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '../spans/otel.ts';
import { sinkOfThread } from '../spans/sink.ts';
import { epochOfClock, now, sinceEpoch } from './clock.ts';
import { type Answer, type Ask, PROFILE, type Report, type Thread } from './protocol.ts';
import { toCarrier, toSpanContext } from './remote-span.ts';
import { RUN, SCOPE } from './run-span.ts';
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
  posted: number;
}

/** A wait shorter than this is in the attributes only: a span would cost more than it shows. */
const MIN_WAIT_MS = 0.1;
/** Messages that nobody ever answers must not pile up. */
const MAX_OPEN = 10_000;
/** How long a task whose listener returned without an answer outlives the span that asked. */
const GRACE_MS = 5000;

/** Status of what was under way when a worker ended. */
export const ENDED = 'the worker ended before it answered';

const open = new Map<number, Task>();
let lastId = 0;

/** The header for a message that is posted for `asking`, or `undefined` where no trace is concerned. */
export function ask(port: MessagePort, thread: Thread | undefined, asking: Context): Ask | undefined {
  const parent = trace.getSpanContext(asking);
  if (parent === undefined) return undefined;
  if ((parent.traceFlags & TraceFlags.SAMPLED) === 0) return [toCarrier(parent), 0];
  const epoch = epochOfClock();
  const span = childOf(parent);
  const context = childOf(parent);
  const run = { carrier: toCarrier(context), context };
  const id = ++lastId;
  open.set(id, { thread, parent, span, run, context: asking, port, posted: now() });
  if (open.size > MAX_OPEN) giveUpOldest();
  return [run.carrier, isProfiled(asking) ? PROFILE : 0, id, span.spanId, epoch];
}

/** postMessage threw: nothing was sent. The error's message may quote what was to be sent, so only its name is told. */
export function notSent([, , id]: Ask, error: unknown): void {
  const task = id && open.get(id);
  if (!id || !task) return;
  const name = (error as { name?: string }).name ?? 'error';
  close(id, task, now(), { 'error.type': name }, name);
}

/** What `worker.run` is known by to those who come with its answer; while its task is open. */
export function runOf(id: number | undefined): Known | undefined {
  return id === undefined ? undefined : open.get(id)?.run;
}

/** Ends the task; returns the context in which the app is to hear the answer. */
export function answered([carrier, id, picked = 0, posted = 0, ownRun]: Answer): Context {
  const task = id === undefined ? undefined : open.get(id);
  // Not sampled, or one more answer to the same message: all that is left to say is which trace it belongs to.
  if (id === undefined || task === undefined)
    return withSpan(ROOT_CONTEXT, trace.wrapSpanContext(toSpanContext(carrier, createTraceState)));
  const received = now();
  const { span, run, thread } = task;
  wait('worker.queue_wait', span, task.posted, picked);
  if (!ownRun) record(RUN, span, run.context, picked, posted, thread === undefined ? {} : { 'thread.id': thread.id });
  wait('worker.answer_wait', span, posted, received);
  close(id, task, received, {
    'onetrace.worker.queue_wait_ms': rounded(picked - task.posted),
    'onetrace.worker.run_ms': rounded(posted - picked),
    'onetrace.worker.answer_wait_ms': rounded(received - posted),
  });
  return task.context;
}

/**
 * A listener returned long ago and has not answered: the message may have been one that needs no answer. As long as the span that
 * asked is open it may still come; after that the task ends where the listener did.
 */
export function returned(report: Extract<Report, { returned: number }>, emit: (told: Told) => void): void {
  const { returned: id, at, run } = report;
  const task = open.get(id);
  if (task === undefined) return;
  if (trace.getSpan(task.context)?.isRecording()) {
    setTimeout(returned, GRACE_MS, report, emit).unref();
    return;
  }
  emit([run]);
  close(id, task, at, { 'onetrace.worker.answered': false });
}

/** A worker ends by itself and says which tasks it leaves: this comes before the app hears of its end. */
export function abandoned(ids: number[]): void {
  for (const id of ids) {
    const task = open.get(id);
    if (task !== undefined) close(id, task, now(), {}, ENDED);
  }
}

/** The other end of a port is gone, and with it every answer that was to come through it. */
export function closed(port: MessagePort): void {
  const time = now();
  for (const [id, task] of open) if (task.port === port) close(id, task, time, {}, ENDED);
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
  if (oldest !== undefined) close(...oldest, now(), { 'onetrace.worker.answered': false });
}

function wait(name: string, task: SpanContext, from: number, to: number): void {
  if (to - from >= MIN_WAIT_MS) record(name, task, childOf(task), from, to, {});
}

function record(
  name: string,
  parent: SpanContext,
  context: SpanContext,
  from: number,
  to: number,
  attributes: Attributes,
  error?: string,
): void {
  const sink = sinkOfThread();
  if (sink === undefined) return;
  const span = new FinishedSpan({
    name,
    kind: SpanKind.INTERNAL,
    context,
    parent,
    startTime: hrTime(sinceEpoch(from)),
    endTime: hrTime(sinceEpoch(to)),
    attributes,
    resource: sink.resource,
    scope: SCOPE,
  });
  if (error !== undefined) span.status = { code: SpanStatusCode.ERROR, message: error };
  sink.onEnd(span);
}

/** By the file that the thread runs; a process has few of them. */
const names = new Map<string, string>();

function taskName(thread: Thread | undefined): string {
  if (thread === undefined) return 'worker.task';
  let name = names.get(thread.file);
  if (name === undefined) {
    name = `worker.task ${basename(thread.file)}`;
    names.set(thread.file, name);
  }
  return name;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
