import { basename } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { Attributes, Context, SpanContext } from '@opentelemetry/api';
import { isProfiled } from '../profiler/current.ts';
import { withSpan } from '../spans/contexts.ts';
import { childOf, type Facts, FinishedSpan } from '../spans/finished-span.ts';
import { hrTime } from '../spans/hr-time.ts';
import { createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '../spans/otel.ts';
import { finish } from '../spans/sink.ts';
import { epochOfClock, now, sinceEpoch } from './clock.ts';
import type { Answer, Ask, Report, Thread } from './protocol.ts';
import { type RemoteSpan, toCarrier, toSpanContext } from './remote-span.ts';

/**
 * The asking side: one span per message that is answered, from postMessage to the moment the answer reaches this thread.
 *
 *   worker.task catalogue.mjs  ├────────────────────────────────────┤
 *   worker.queue_wait          ├───────┤ the worker was busy
 *   worker.run                         ├───────────┤ made in the worker, where it is the parent of what happens there
 *   worker.answer_wait                             ├────────────────┤ this thread was busy
 */
interface Task {
  name: string;
  attributes: Attributes;
  parent: SpanContext;
  span: SpanContext;
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

const scope = { name: '@onetrace/instrumentation/worker' };
const open = new Map<number, Task>();
let lastId = 0;

/** The header for a message that is posted for `asking`, or `undefined` where no trace is concerned. */
export function ask(port: MessagePort, thread: Thread | undefined, asking: Context): Ask | undefined {
  const parent = trace.getSpanContext(asking);
  if (parent === undefined) return undefined;
  if ((parent.traceFlags & TraceFlags.SAMPLED) === 0) return { carrier: toCarrier(parent) };
  const epoch = epochOfClock();
  const span = childOf(parent);
  const id = ++lastId;
  const attributes = attributesOf(thread);
  open.set(id, { name: taskName(thread), attributes, parent, span, context: asking, port, posted: now() });
  if (open.size > MAX_OPEN) giveUpOldest();
  const header: Ask = { id, carrier: toCarrier(span), epoch };
  if (isProfiled(asking)) header.profile = true;
  return header;
}

/** postMessage threw: nothing was sent. The error's message may quote what was to be sent, so only its name is told. */
export function notSent({ id }: Ask, error: unknown): void {
  const task = id && open.get(id);
  if (!id || !task) return;
  const { name } = error as { name?: string };
  task.attributes['error.type'] = name ?? 'error';
  close(id, task, now(), name ?? 'error');
}

/** Ends the task; returns the context in which the app is to hear the answer. */
export function answered({ carrier, done }: Answer): Context {
  const task = done && open.get(done.id);
  // Not sampled, or one more answer to the same message: all that is left to say is which trace it belongs to.
  if (!task) return withSpan(ROOT_CONTEXT, trace.wrapSpanContext(toSpanContext(carrier, createTraceState)));
  const { id, picked, posted } = done;
  const received = now();
  wait('worker.queue_wait', task, task.posted, picked);
  wait('worker.answer_wait', task, posted, received);
  task.attributes['onetrace.worker.queue_wait_ms'] = rounded(picked - task.posted);
  task.attributes['onetrace.worker.run_ms'] = rounded(posted - picked);
  task.attributes['onetrace.worker.answer_wait_ms'] = rounded(received - posted);
  close(id, task, received);
  return task.context;
}

/**
 * A listener returned long ago and has not answered: the message may have been one that needs no answer. As long as the span that
 * asked is open it may still come; after that the task ends where the listener did.
 */
export function returned(report: Extract<Report, { returned: number }>, emit: (spans: RemoteSpan[]) => void): void {
  const { returned: id, at, run } = report;
  const task = open.get(id);
  if (task === undefined) return;
  if (trace.getSpan(task.context)?.isRecording()) {
    setTimeout(returned, GRACE_MS, report, emit).unref();
    return;
  }
  emit([run]);
  task.attributes['onetrace.worker.answered'] = false;
  close(id, task, at);
}

/** A worker ends by itself and says which tasks it leaves: this comes before the app hears of its end. */
export function abandoned(ids: number[]): void {
  for (const id of ids) {
    const task = open.get(id);
    if (task !== undefined) close(id, task, now(), ENDED);
  }
}

/** The other end of a port is gone, and with it every answer that was to come through it. */
export function closed(port: MessagePort): void {
  const time = now();
  for (const [id, task] of open) if (task.port === port) close(id, task, time, ENDED);
}

function close(id: number, { name, attributes, parent, span, posted }: Task, moment: number, error?: string): void {
  open.delete(id);
  record({ name, attributes, parent, context: span }, posted, moment, error);
}

function giveUpOldest(): void {
  const [oldest] = open;
  if (oldest === undefined) return;
  oldest[1].attributes['onetrace.worker.answered'] = false;
  close(...oldest, now());
}

function wait(name: string, { span }: Task, from: number, to: number): void {
  if (to - from < MIN_WAIT_MS) return;
  record({ name, attributes: {}, parent: span, context: childOf(span) }, from, to);
}

function record(
  facts: Pick<Facts, 'name' | 'attributes' | 'parent' | 'context'>,
  from: number,
  to: number,
  error?: string,
): void {
  const times = { startTime: hrTime(sinceEpoch(from)), endTime: hrTime(sinceEpoch(to)) };
  finish((resource) => {
    const span = new FinishedSpan({ ...facts, ...times, kind: SpanKind.INTERNAL, resource, scope });
    if (error !== undefined) span.status = { code: SpanStatusCode.ERROR, message: error };
    return span;
  });
}

function taskName(thread: Thread | undefined): string {
  return thread === undefined ? 'worker.task' : `worker.task ${basename(thread.file)}`;
}

function attributesOf(thread: Thread | undefined): Attributes {
  if (thread === undefined) return {};
  const { id, name, file } = thread;
  return { 'thread.id': id, ...(name ? { 'thread.name': name } : {}), 'code.file.path': file };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
