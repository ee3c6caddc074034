import { basename } from 'node:path';
import type { Attributes, SpanContext } from '@opentelemetry/api';
import { childOf, FinishedSpan } from '../spans/finished-span.ts';
import { hrTime } from '../spans/hr-time.ts';
import { SpanKind, SpanStatusCode } from '../spans/otel.ts';
import { sinkOfThread } from '../spans/sink.ts';
import { sinceEpoch } from './clock.ts';
import type { Thread } from './protocol.ts';
import { SCOPE } from './run-span.ts';

/** A wait shorter than this is in the attributes only: a span would cost more than it shows. */
const MIN_WAIT_MS = 0.1;

/** A wait for somebody, if it is long enough. */
export function recordWait(name: string, task: SpanContext, from: number, to: number): void {
  if (to - from >= MIN_WAIT_MS) record(name, task, childOf(task), from, to, {});
}

/** A span of this thread, about what has happened by the clock that all threads share. */
export function record(
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

export function taskName(thread: Thread | undefined): string {
  if (thread === undefined) return 'worker.task';
  let name = names.get(thread.file);
  if (name === undefined) {
    name = `worker.task ${basename(thread.file)}`;
    names.set(thread.file, name);
  }
  return name;
}
