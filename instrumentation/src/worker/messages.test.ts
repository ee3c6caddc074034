import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { defaultResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { contexts } from '../spans/context-manager.ts';
import { withSpan } from '../spans/contexts.ts';
import { ROOT_CONTEXT, trace } from '../spans/otel.ts';
import { finishedSpansGoTo } from '../spans/sink.ts';
import { interceptMessages } from './messages.ts';
import { Outbox } from './outbox.ts';
import { understood } from './ports.ts';
import { ASK, type Report } from './protocol.ts';
import { active, type Run } from './run.ts';
import { Runs } from './runs.ts';
import { closed } from './tasks.ts';

vi.mock('node:perf_hooks', () => import('../../test/support/faked-perf-hooks.ts'));

const KEY = 7654321;
const TRACE = '0af7651916cd43dd8448eb211c80319c';

const reports: Report[] = [];
const runs = new Runs(new Outbox(() => {}), (report) => reports.push(report), undefined);
interceptMessages({ key: KEY, runs, emit: () => {}, onHello: () => {}, onClose: closed });
const finished: ReadableSpan[] = [];
finishedSpansGoTo({ resource: defaultResource(), onEnd: (span) => finished.push(span) });

const open: MessagePort[] = [];
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterAll(() => {
  vi.useRealTimers();
});
beforeEach(() => {
  // What the test before has left unanswered.
  vi.advanceTimersByTime(7000);
  reports.length = 0;
  contexts.attach(ROOT_CONTEXT);
});
afterEach(() => {
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
  expect([run?.id, run?.answered]).toEqual([1, false]);
});

test('who polls is done with a message that needs no answer when it polls again', () => {
  const { ours, ask } = channel();
  ask(1);
  ask(2);
  receiveMessageOnPort(ours);
  vi.advanceTimersByTime(40);
  receiveMessageOnPort(ours);
  expect(active()?.id).toBe(2);
  receiveMessageOnPort(ours);
  vi.advanceTimersByTime(2);
  receiveMessageOnPort(ours);
  vi.advanceTimersByTime(7000);
  expect(reports).toMatchObject([{ returned: 1 }, { returned: 2 }]);
  const [at, later] = reports.map((report) => ('at' in report ? report.at : 0));
  expect(later).toBeCloseTo(at ?? 0, 0);
});

test('a message that says nothing of a trace is none of the one before', () => {
  const { ours, other, ask } = channel();
  ask(1);
  other.postMessage('plain');
  receiveMessageOnPort(ours);
  expect(receiveMessageOnPort(ours)).toEqual({ message: 'plain' });
  expect(active()?.id).toBeUndefined();
});

test('a listener that polls another port goes on with its own work', async () => {
  const [jobs, control] = [channel(), channel()];
  const polled: unknown[] = [];
  const heard = new Promise<Run | undefined>((resolve) => {
    jobs.ours.on('message', () => {
      polled.push(receiveMessageOnPort(control.ours)?.message, active()?.id);
      jobs.ours.postMessage('answer');
      polled.push(receiveMessageOnPort(control.ours)?.message, active()?.id);
      resolve(active());
    });
  });
  control.ask(2);
  control.ask(3);
  jobs.ask(1);
  await heard;
  expect(polled).toEqual([2, 1, 3, 3]);
  vi.advanceTimersByTime(7000);
  expect(reports).toMatchObject([{ returned: 2 }]);
});

test('a task whose asker has closed the port for the answer does not stay open', async () => {
  const { other } = channel();
  understood(other, { id: 7, name: '', file: '/srv/worker.mjs' });
  const span = trace.wrapSpanContext({ traceId: TRACE, spanId: '2'.repeat(16), traceFlags: 1 });
  const reply = new MessageChannel();
  contexts.with(withSpan(ROOT_CONTEXT, span), () => other.postMessage('q', [reply.port2]));
  await setImmediate();
  expect(finished).toEqual([]);
  reply.port1.close();
  await once(reply.port1, 'close');
  expect(finished.map(({ name, attributes }) => [name, attributes['onetrace.worker.answered']])).toEqual([
    ['worker.task worker.mjs', false],
  ]);
});
