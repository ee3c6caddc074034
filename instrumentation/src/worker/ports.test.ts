import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { known, otherEndHere, pair, sent, understood } from './ports.ts';

const THREAD = { id: 1, name: '', file: '/srv/worker.mjs' };
const open: MessageChannel[] = [];

function channel(): MessageChannel {
  const made = new MessageChannel();
  pair(made.port1, made.port2);
  open.push(made);
  return made;
}

afterEach(() => {
  for (const { port1 } of open.splice(0)) port1.close();
});

test('nothing is known of a port that was never sent anywhere', () => {
  const { port1, port2 } = channel();
  expect(known(port1)).toBeUndefined();
  expect([port1, port2].map(otherEndHere)).toEqual([port2, port1]);
});

test('a channel to a thread that has said hello is understood at once', () => {
  const [worker, task] = [channel(), channel()];
  understood(worker.port1, THREAD);
  sent([task.port2], worker.port1);
  expect(known(task.port1)).toMatchObject({ understands: true, thread: THREAD });
  expect(otherEndHere(task.port1)).toBeUndefined();
});

test('a thread that learns its name has it at the channels that were sent to it before', () => {
  const [worker, task] = [channel(), channel()];
  understood(worker.port1, { ...THREAD });
  sent([task.port2], worker.port1);
  understood(worker.port1, { ...THREAD, file: 'src/worker.ts' });
  expect(known(task.port1)?.thread?.file).toBe('src/worker.ts');
  expect(known(task.port1)?.thread).toBe(known(worker.port1)?.thread);
});

test('a channel sent before the hello is understood with it, also through other channels', () => {
  const [worker, task, inner] = [channel(), channel(), channel()];
  sent([task.port2], worker.port1);
  sent([inner.port2], task.port1);
  expect(known(inner.port1)?.understands).toBeFalsy();
  understood(worker.port1, THREAD);
  expect(known(inner.port1)).toMatchObject({ understands: true, thread: THREAD });
});

test('the end that was sent is nobody here any more', () => {
  const [worker, task] = [channel(), channel()];
  understood(worker.port1, THREAD);
  sent([task.port2], worker.port1);
  sent([task.port1], worker.port1);
  expect(known(task.port2)).toBeUndefined();
});
