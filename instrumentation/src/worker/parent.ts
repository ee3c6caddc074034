import type { MessagePort } from 'node:worker_threads';
import { say } from '../preload/say.ts';
import { interceptMessages } from './messages.ts';
import { understood } from './ports.ts';
import { createKey, type Introduction, type Report } from './protocol.ts';
import { abandoned, returned } from './tasks.ts';
import { adopt, type Told } from './told.ts';

/** Traces what the main thread asks its workers. */
export function traceWorkers(): void {
  if (!interceptMessages({ key: createKey(), emit: adopt, onHello: meet(adopt) }))
    say('this version of Node is unknown: worker threads are not traced');
}

/** What a thread does when a worker that it started says hello. */
export function meet(emit: (told: Told) => void): (port: MessagePort, hello: Introduction) => void {
  return (port, { thread, control }) => {
    understood(port, thread);
    if (control === undefined) return;
    control.on('message', (report: Report) => {
      if ('told' in report) emit(report.told);
      else if ('returned' in report) returned(report, emit);
      else abandoned(report.abandoned);
    });
    // A listener makes the port keep the process alive.
    control.unref();
  };
}
