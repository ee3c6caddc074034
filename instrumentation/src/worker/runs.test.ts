import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { contexts } from '../spans/context-manager.ts';

import { Outbox } from './outbox.ts';
import { ANSWER, ASK, type Ask, OWN_RUN, type Report, TOLD } from './protocol.ts';
import { toCarrier } from './remote-span.ts';
import type { Run } from './run.ts';
import { Runs } from './runs.ts';

const KEY = 7654321;
const TRACE = '0af7651916cd43dd8448eb211c80319c';

vi.mock('node:perf_hooks', () => import('../../test/support/faked-perf-hooks.ts'));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const { port1: home } = new MessageChannel();
  const { port1: other } = new MessageChannel();
  const outbox = new Outbox(() => {});
  const reports: Report[] = [];
  const runs = new Runs(outbox, (report) => reports.push(report), home);
  /** A message arrives; `work` is done in its context. */
  const pick = (n: number, port: MessagePort = home, flags = '01', replyPorts: MessagePort[] = [], polled = false) => {
    const carrier = `${TRACE}-${String(n).padStart(16, '0')}-${flags}`;
    const ask: Ask = flags === '01' ? [KEY, ASK, 'q', carrier, n, 1.7e12] : [KEY, ASK, 'q', carrier];
    const at = runs.pick(port, replyPorts, ask, polled);
    const { run } = at;
    return { carrier, run, work: <T>(work: () => T): T => contexts.with(at, work) };
  };
  const state = (run: Run) => outbox.statement(run.span as never, 'BEGIN', 8, 9, -1);
  return { home, other, outbox, runs, reports, pick, state };
}

test('the first answer to the parent thread does without a carrier, others say which trace they belong to', () => {
  const { home, runs, pick } = setUp();
  const { carrier, work, run } = pick(1);
  const [first, second] = work(() => [runs.answer(KEY, 'a', home), runs.answer(KEY, 'b', home)]);
  expect(first?.envelope).toEqual([KEY, ANSWER, 'a', '', 1, run.picked, expect.any(Number)]);
  expect(second?.envelope.slice(1, 5)).toEqual([ANSWER, 'b', carrier, 1]);
});

test('one that can end up in another thread than the one that asked has its carrier with it', () => {
  const { home, other, runs, pick } = setUp();
  const byChannel = pick(1, other);
  expect(byChannel.work(() => runs.answer(KEY, 'a', other))?.envelope[3]).toBe(byChannel.carrier);
  const byReplyPort = pick(2, home, '01', [other]);
  expect(byReplyPort.work(() => runs.answer(KEY, 'a', other))?.envelope[3]).toBe(byReplyPort.carrier);
  expect(pick(3).work(() => runs.answer(KEY, 'a', other))).toBeUndefined();
});

test('so does one that comes after the asking thread was told not to count on it', () => {
  const { home, runs, pick } = setUp();
  const { carrier, run, work } = pick(1);
  runs.returned(run);
  vi.advanceTimersByTime(7000);
  expect(work(() => runs.answer(KEY, 'late', home))?.envelope[3]).toBe(carrier);
});

test('so does one that a thread posts while it ends', () => {
  const { home, runs, pick } = setUp();
  const { carrier, run, work } = pick(1);
  runs.returned(run);
  expect(runs.abandon()).toEqual([1]);
  expect(work(() => runs.answer(KEY, 'last', home))?.envelope[3]).toBe(carrier);
});

test('what is left when a thread ends: what has no answer yet, and what it was at, by a listener and by polling', () => {
  const { home, runs, pick } = setUp();
  runs.returned(pick(1).run);
  const { work } = pick(2);
  work(() => runs.answer(KEY, 'a', home));
  expect(runs.abandon()).toEqual([1]);
  pick(3);
  pick(4, home, '01', [], true);
  expect(runs.abandon()).toEqual([1, 3, 4]);
});

test('of what is not sampled the carrier is all, in each answer', () => {
  const { home, runs, pick } = setUp();
  const { carrier, work } = pick(1, home, '00');
  for (const n of [1, 2]) expect(work(() => runs.answer(KEY, n, home))?.envelope).toEqual([KEY, ANSWER, n, carrier]);
});

test('a message that answers none names the span it is sent for, and so do its statements', () => {
  const { runs, pick, state } = setUp();
  const { carrier, run, work } = pick(1);
  state(run);
  const notice = work(() => runs.notice(KEY, 'by the way'));
  expect(notice?.envelope.slice(1, 5)).toEqual([ANSWER, 'by the way', carrier, 0]);
  expect(notice?.envelope.slice(TOLD)).toEqual([carrier, 'BEGIN', 8, 9, -1]);
});

test('statements of the run that is answered need not name it, those of others do', () => {
  const { home, runs, pick, state } = setUp();
  const [one, two] = [pick(1), pick(2)];
  state(one.run);
  state(two.run);
  const answer = two.work(() => runs.answer(KEY, 'a', home));
  expect(answer?.envelope.slice(TOLD)).toEqual([one.carrier, 'BEGIN', 8, 9, -1, '', 'BEGIN', 8, 9, -1]);
});

test('spans of an answer that could not be posted go with that of another run, under their own name', () => {
  const { home, runs, pick, state } = setUp();
  const [one, two] = [pick(1), pick(2)];
  state(one.run);
  const failed = one.work(() => runs.answer(KEY, () => {}, home));
  expect(failed?.envelope[TOLD]).toBe('');
  if (failed) runs.notSent(failed);
  const other = two.work(() => runs.answer(KEY, 'a', home));
  expect(other?.envelope.slice(TOLD)).toEqual([one.carrier, 'BEGIN', 8, 9, -1]);
  // The task is still open: nobody has answered it.
  expect(one.work(() => runs.answer(KEY, 'refused', home))?.envelope[3]).toBe('');
});

test('a listener that went on alone, and whose answer could not be posted, is not counted on for ever', () => {
  const { home, runs, reports, pick } = setUp();
  const { run, work } = pick(1);
  runs.returned(run);
  const refused = work(() => runs.answer(KEY, () => {}, home));
  if (refused) runs.notSent(refused);
  vi.advanceTimersByTime(7000);
  expect(reports).toMatchObject([{ returned: 1, at: run.returned }]);
});

test('an answer that could not be posted takes back none that was', () => {
  const { home, runs, reports, pick } = setUp();
  const { run, work } = pick(1);
  work(() => runs.answer(KEY, 'a', home));
  const refused = work(() => runs.answer(KEY, () => {}, home));
  if (refused) runs.notSent(refused);
  runs.returned(run);
  vi.advanceTimersByTime(7000);
  expect([run.answered, reports]).toEqual([true, []]);
});

test('a run that has more to say comes by itself, below its task', () => {
  const { home, runs, pick } = setUp();
  const { carrier, run, work } = pick(1);
  const answer = work(() => {
    run.span?.setAttribute('app.rows', 3);
    return runs.answer(KEY, 'a', home);
  });
  expect(answer?.envelope[1]).toBe(ANSWER | OWN_RUN);
  expect(answer?.envelope[TOLD]).toMatchObject({ name: 'worker.run', carrier, parent: '8000000000000001' });
  expect(carrier).toBe(toCarrier(run.span?.spanContext() as never));
});
