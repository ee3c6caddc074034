import type { MessagePort } from 'node:worker_threads';
import { say } from '../preload/say.ts';
import { createTraceState } from '../spans/otel.ts';
import { finish } from '../spans/sink.ts';
import { interceptMessages } from './messages.ts';
import { understood } from './ports.ts';
import { createKey, type Hello, type Report } from './protocol.ts';
import { fromRemote, type RemoteSpan } from './remote-span.ts';
import { abandoned, returned } from './tasks.ts';

/** Traces what the main thread asks its workers, and hands over the spans that come back. */
export function traceWorkers(emit: (spans: RemoteSpan[]) => void): void {
  if (!interceptMessages({ key: createKey(), emit, onHello: meet(emit) }))
    say('this version of Node is unknown: worker threads are not traced');
}

/** Spans made in another thread go the way of this thread's own. */
export function adopt(spans: RemoteSpan[]): void {
  for (const span of spans) finish((resource) => fromRemote(span, resource, createTraceState));
}

/** What a thread does when a worker that it started says hello. */
export function meet(emit: (spans: RemoteSpan[]) => void): (port: MessagePort, hello: Hello) => void {
  return (port, { thread, control }) => {
    understood(port, thread);
    if (control === undefined) return;
    control.on('message', (report: Report) => {
      if ('spans' in report) emit(report.spans);
      else if ('returned' in report) returned(report, emit);
      else abandoned(report.abandoned);
    });
    // A listener makes the port keep the process alive.
    control.unref();
  };
}
