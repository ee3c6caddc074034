import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { say } from '../preload/say.ts';
import { type Interception, interceptMessages } from './messages.ts';
import { known, understood } from './ports.ts';
import { createKey, type Report } from './protocol.ts';
import { abandoned, closed, returned, terminated } from './tasks.ts';
import { adopt, type Told } from './told.ts';

/** Traces what the main thread asks its workers. */
export function traceWorkers(): void {
  if (!interceptMessages({ key: createKey(), emit: adopt, ...meet(adopt) }))
    say('this version of Node is unknown: worker threads are not traced');
}

interface Worker {
  control: MessagePort;
  /** It has said which tasks it leaves, and has begun no other. */
  saidGoodbye: boolean;
}

/** What a thread does when a worker that it started says hello, and when its port closes. */
export function meet(emit: (told: Told) => void): Pick<Interception, 'onHello' | 'onClose'> {
  const workers = new WeakMap<MessagePort, Worker>();

  function hear(worker: Worker, report: Report): void {
    if ('told' in report) emit(report.told);
    else if ('returned' in report) returned(report, emit);
    else {
      worker.saidGoodbye = true;
      abandoned(report.abandoned);
    }
  }

  return {
    onHello(port, { thread, control }) {
      understood(port, thread);
      if (control === undefined) return;
      const worker = { control, saidGoodbye: false };
      workers.set(port, worker);
      control.on('message', (report: Report) => hear(worker, report));
      // A listener makes the port keep the process alive.
      control.unref();
    },
    onClose(port) {
      const worker = workers.get(port);
      const thread = known(port)?.thread;
      if (worker !== undefined && thread !== undefined) {
        // Its last words may still be on their way.
        for (let last = receiveMessageOnPort(worker.control); last; last = receiveMessageOnPort(worker.control))
          hear(worker, last.message as Report);
        if (!worker.saidGoodbye) terminated(thread);
      }
      closed(port);
    },
  };
}
