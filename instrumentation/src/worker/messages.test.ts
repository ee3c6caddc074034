import { once } from 'node:events';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { contexts } from '../spans/context-manager.ts';
import { ROOT_CONTEXT } from '../spans/otel.ts';
import { interceptMessages } from './messages.ts';
import { Outbox } from './outbox.ts';
import { ASK, type Report } from './protocol.ts';
import { active, type Run, Runs } from './runs.ts';

const KEY = 7654321;
const TRACE = '0af7651916cd43dd8448eb211c80319c';

const reports: Report[] = [];
const runs = new Runs(new Outbox(() => {}), (report) => reports.push(report), undefined);
interceptMessages({ key: KEY, runs, emit: () => {}, onHello: () => {} });

const open: MessagePort[] = [];
beforeEach(() => {
  reports.length = 0;
  contexts.attach(ROOT_CONTEXT);
  vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  for (const port of open.splice(0)) port.close();
});

/** A channel whose one end is the worker's. */
function channel() {
  const { port1: ours, port2 } = new MessageChannel();
  open.push(port2);
  const carrier = (n: number) => `${TRACE}-${String(n).padStart(16, '0')}-01`;
  return { ours, other: port2, ask: (n: number) => port2.postMessage([KEY, ASK, n, carrier(n), n, 1.7e12]) };
}

test('into a port whose other end has closed goes nothing that counts as an answer', async () => {
  const { ours, other, ask } = channel();
  let run: Run | undefined;
  let answer = () => {};
  ours.on('message', () => {
    run = active();
    answer = contexts.bind(contexts.active(), () => ours.postMessage('too late'));
  });
  ask(1);
  await once(ours, 'message');
  other.close();
  await once(ours, 'close');
  answer();
  expect(run).toMatchObject({ id: 1, answered: false });
});
