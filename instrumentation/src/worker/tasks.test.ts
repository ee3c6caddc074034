import type { HrTime } from '@opentelemetry/api';
import { defaultResource } from '@opentelemetry/resources';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { contexts } from '../spans/context-manager.ts';
import { ROOT_CONTEXT, TraceFlags, trace } from '../spans/otel.ts';
import { finishedSpansGoTo } from '../spans/sink.ts';
import { now } from './clock.ts';
import { Outbox } from './outbox.ts';
import { ANSWER, type Answer, ASK, type Ask, OWN_RUN, partnerOf, type Report } from './protocol.ts';
import type { RemoteSpan } from './remote-span.ts';
import { Runs } from './runs.ts';
import {
  abandoned,
  answered,
  ask,
  closed,
  newFrom,
  notSent,
  repliesComeTo,
  returned,
  runOf,
  terminated,
} from './tasks.ts';
import { adopt } from './told.ts';

vi.mock('node:perf_hooks', () => import('../../test/support/faked-perf-hooks.ts'));

const spans: ReadableSpan[] = [];
trace.setGlobalTracerProvider(new TracerProvider());
finishedSpansGoTo({ resource: defaultResource(), onEnd: (span) => spans.push(span) });

const KEY = 7654321;
const THREAD = { id: 7, name: 'pool-0', file: '/srv/dist/worker.mjs' };

beforeEach(() => {
  vi.useFakeTimers();
  spans.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const { port1: port } = new MessageChannel();
  const parent = trace.getTracer('app').startSpan('GET');
  const asking = trace.setSpan(ROOT_CONTEXT, parent);
  const envelope = ask(KEY, 'a question', port, THREAD, asking) as Ask;
  return { port, parent, asking, envelope, carrier: envelope[3], id: envelope[4] as number };
}

/** As a worker posts it; without a carrier, as its first answer. */
function answer(id: number, picked = now(), posted = now(), carrier = '', bits = ANSWER): Answer {
  return [KEY, bits, 'an answer', carrier, id, picked, posted];
}

type ReturnedReport = Extract<Report, { returned: number }>;

/** A worker that has the message, and says by and by what it has to say. */
function work({ port, envelope }: ReturnType<typeof setUp>) {
  const reports: ReturnedReport[] = [];
  const runs = new Runs(new Outbox(() => {}), (report) => reports.push(report as ReturnedReport), port);
  const at = runs.pick(port, [], envelope);
  const { run } = at;
  return {
    run,
    returns: () => runs.returned(run),
    hearReports: () => {
      for (const report of reports.splice(0)) returned(report, adopt);
    },
    answers() {
      const message = contexts.with(at, () => runs.answer(KEY, 'a', port))?.envelope as Answer;
      adopt(message, newFrom(message), runOf(message));
      answered(message);
    },
  };
}

function runsOf({ carrier }: { carrier: string }): ReadableSpan[] {
  return spans.filter((span) => span.name === 'worker.run' && carrier.includes(span.spanContext().spanId));
}

function ended(name: string): ReadableSpan | undefined {
  return spans.find((span) => span.name === name);
}

function outcomeOf({ carrier }: { carrier: string }): unknown {
  const id = partnerOf(carrier.slice(33, 49));
  return spans.find((span) => span.spanContext().spanId === id)?.attributes['onetrace.worker.answered'];
}

function outcome(): unknown[] {
  const task = ended('worker.task worker.mjs');
  return [task?.status.message, task?.attributes['onetrace.worker.answered']];
}

test('the three parts of a task add up to it, and a wait that took no time is no span', () => {
  const { carrier, id, asking, parent } = setUp();
  const posted = now();
  vi.advanceTimersByTime(30);
  expect(answered(answer(id, posted, posted + 10))).toBe(asking);
  const task = ended('worker.task worker.mjs');
  expect(task?.attributes).toMatchObject({
    'thread.id': 7,
    'thread.name': 'pool-0',
    'onetrace.worker.queue_wait_ms': expect.closeTo(0, 1),
    'onetrace.worker.run_ms': 10,
    'onetrace.worker.answer_wait_ms': expect.closeTo(20, 1),
  });
  expect(task?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
  expect(ended('worker.queue_wait')).toBeUndefined();
  expect(ended('worker.answer_wait')?.parentSpanContext?.spanId).toBe(task?.spanContext().spanId);
  const run = ended('worker.run');
  expect(run?.attributes).toEqual({ 'thread.id': 7 });
  expect(run?.duration).toEqual([0, 10_000_000]);
  expect(run?.parentSpanContext?.spanId).toBe(task?.spanContext().spanId);
  expect(run?.spanContext().spanId).toBe(carrier.slice(33, 49));
  // By which a worker that exports the run itself knows its parent.
  expect(partnerOf(carrier.slice(33, 49))).toBe(task?.spanContext().spanId);
});

test('a run that comes by itself is not made a second time', () => {
  const { id } = setUp();
  answered(answer(id, now(), now(), '', ANSWER | OWN_RUN));
  expect(ended('worker.task worker.mjs')).toBeDefined();
  expect(ended('worker.run')).toBeUndefined();
});

test('who comes with the answer knows the run, until it has been answered', () => {
  const { carrier, id } = setUp();
  expect(runOf(answer(id))).toMatchObject({ carrier, context: { spanId: carrier.slice(33, 49) } });
  answered(answer(id));
  expect(runOf(answer(id))).toBeUndefined();
  expect(answered(answer(id))).toBe(ROOT_CONTEXT);
});

test('one more answer to the same message says which trace it belongs to, and is heard there', () => {
  const { carrier, id } = setUp();
  answered(answer(id));
  const again = answer(id, now(), now(), carrier);
  expect(runOf(again)).toMatchObject({ carrier, context: { spanId: carrier.slice(33, 49) } });
  expect(trace.getSpanContext(answered(again))?.spanId).toBe(ended('worker.run')?.spanContext().spanId);
  expect(spans.filter(({ name }) => name === 'worker.run')).toHaveLength(1);
});

test('an answer to a task of the same number, in another thread, ends none here', () => {
  const { id, asking } = setUp();
  const carrier = `${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
  expect(trace.getSpanContext(answered(answer(id, now(), now(), carrier)))?.traceId).toBe('1'.repeat(32));
  expect(spans).toEqual([]);
  expect(answered(answer(id))).toBe(asking);
});

test('without a trace there is no envelope, and one that is not sampled costs no span', () => {
  const { port1: port } = new MessageChannel();
  expect(ask(KEY, 1, port, THREAD, ROOT_CONTEXT)).toBeUndefined();
  const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.NONE };
  const envelope = ask(KEY, 1, port, THREAD, trace.setSpanContext(ROOT_CONTEXT, context));
  const carrier = `${context.traceId}-${context.spanId}-00`;
  expect(envelope).toEqual([KEY, ASK, 1, carrier]);
  expect(trace.getSpanContext(answered([KEY, ANSWER, 2, carrier]))).toMatchObject(context);
  expect(spans).toEqual([]);
});

test.each<[string, (task: ReturnType<typeof setUp>) => void]>([
  ['its port closes', ({ port }) => closed(port)],
  ['its worker says so', ({ id }) => abandoned([id])],
])('a task ends with an error when %s', (_, end) => {
  end(setUp());
  expect(outcome()).toEqual(['the worker ended before it answered', undefined]);
});

test('a message that could not be sent is an error that quotes nothing of it', () => {
  const { envelope } = setUp();
  notSent(envelope, new DOMException("'secret' could not be cloned.", 'DataCloneError'));
  expect(outcome()).toEqual(['DataCloneError', undefined]);
});

test('a message that nobody answers ends where its listener returned, once the request is over', () => {
  const { port, envelope, parent } = setUp();
  const reports: Report[] = [];
  const runs = new Runs(new Outbox(() => {}), (report) => reports.push(report), port);
  const { run } = runs.pick(port, [], envelope);
  vi.advanceTimersByTime(40);
  runs.returned(run);
  vi.advanceTimersByTime(4000);
  expect(reports).toEqual([]);
  vi.advanceTimersByTime(3000);
  const [report] = reports as Extract<Report, { returned: number }>[];
  expect(reports).toHaveLength(1);

  const emit = vi.fn();
  returned(report as never, emit);
  expect(outcome()).toEqual([undefined, undefined]);
  parent.end();
  vi.advanceTimersByTime(6000);
  expect(outcome()).toEqual([undefined, false]);
  const [seconds = 0, nanoseconds = 0] = ended('worker.task worker.mjs')?.duration ?? [];
  expect(seconds * 1e3 + nanoseconds / 1e6).toBeCloseTo(40, 0);
  const [told] = (emit.mock.calls[0]?.[0] ?? []) as RemoteSpan[];
  expect(told?.name).toBe('worker.run');
  expect(msOf(told?.endTime) - msOf(told?.startTime)).toBeCloseTo(40, 0);
});

test.each([
  ['a plain run', undefined],
  ['a run that has more to say', 'rows'],
])('%s whose task has ended without its answer is there once when the answer comes after all', (_, attribute) => {
  const asked = setUp();
  const worker = work(asked);
  worker.returns();
  if (attribute) worker.run.span?.setAttribute(attribute, 3);
  asked.parent.end();
  vi.advanceTimersByTime(7000);
  worker.hearReports();
  vi.advanceTimersByTime(5000);
  worker.answers();
  expect(runsOf(asked)).toHaveLength(1);
});

test.each([
  ['a plain run', undefined],
  ['a run that has more to say', 'rows'],
])('%s lasts until its answer as long as the request waits', (_, attribute) => {
  const asked = setUp();
  const worker = work(asked);
  worker.returns();
  vi.advanceTimersByTime(7000);
  worker.hearReports();
  vi.advanceTimersByTime(5000);
  if (attribute) worker.run.span?.setAttribute(attribute, 3);
  worker.answers();
  asked.parent.end();
  vi.advanceTimersByTime(7000);
  const [run, ...more] = runsOf(asked);
  expect(more).toEqual([]);
  expect(run?.duration[0]).toBe(12);
  expect(run?.attributes).toEqual({ 'thread.id': expect.any(Number), ...(attribute ? { rows: 3 } : {}) });
});

test.each<[string, (asked: ReturnType<typeof setUp>) => void]>([
  ['its port closes', ({ port }) => closed(port)],
  ['its worker is ended', () => terminated(THREAD)],
])('a run that was reported is not lost when %s before the request is over', (_, end) => {
  const asked = setUp();
  const worker = work(asked);
  worker.returns();
  vi.advanceTimersByTime(7000);
  worker.hearReports();
  expect(runsOf(asked)).toEqual([]);
  end(asked);
  asked.parent.end();
  vi.advanceTimersByTime(7000);
  expect(runsOf(asked)).toHaveLength(1);
});

test('a worker that is ended from outside leaves a run for each of its tasks', () => {
  const asked = setUp();
  terminated({ ...THREAD });
  expect(runsOf(asked)).toEqual([]);
  terminated(THREAD);
  const [run, ...more] = runsOf(asked);
  expect(more).toEqual([]);
  expect(run?.status.message).toBe('the worker ended before it answered');
  expect(partnerOf(run?.spanContext().spanId ?? '')).toBe(run?.parentSpanContext?.spanId);
});

test('a task that was given up has its run by the report or the answer that comes after all', () => {
  const [first, second] = [setUp(), setUp()];
  const [reporting, answering] = [work(first), work(second)];
  reporting.returns();
  for (let i = 0; i < 10_000; i++) ask(KEY, i, first.port, THREAD, first.asking);
  expect([first, second].map(outcomeOf)).toEqual([false, false]);
  vi.advanceTimersByTime(7000);
  reporting.hearReports();
  answering.answers();
  expect([first, second].map((asked) => runsOf(asked).length)).toEqual([1, 1]);
  const [run] = runsOf(second);
  expect(partnerOf(run?.spanContext().spanId ?? '')).toBe(run?.parentSpanContext?.spanId);
  reporting.answers();
  expect(runsOf(first)).toHaveLength(1);
  closed(first.port);
});

test('a report of another thread’s task of the same number ends none here', () => {
  const asked = setUp();
  const worker = work({ ...asked, envelope: setUp().envelope });
  asked.parent.end();
  worker.run.id = asked.id;
  worker.returns();
  vi.advanceTimersByTime(7000);
  worker.hearReports();
  expect(outcomeOf(asked)).toBeUndefined();
});

test('a task whose asker has closed every port for the answer ends with the request, and may be answered another way until then', () => {
  const [first, second] = [setUp(), setUp()];
  for (const { envelope } of [first, second]) {
    const ends = [new MessageChannel().port1, new MessageChannel().port1];
    repliesComeTo(envelope, ends);
    for (const end of ends) closed(end);
  }
  vi.advanceTimersByTime(7000);
  work(second).answers();
  expect([first, second].map(outcomeOf)).toEqual([undefined, undefined]);
  for (const { parent } of [first, second]) parent.end();
  vi.advanceTimersByTime(7000);
  expect([first, second].map(outcomeOf)).toEqual([false, undefined]);
  expect(runsOf(second)).toHaveLength(1);
});

test('one port for the answer that is still open is enough', () => {
  const asked = setUp();
  const [closing, open] = [new MessageChannel().port1, new MessageChannel().port1];
  repliesComeTo(asked.envelope, [closing, open]);
  asked.parent.end();
  closed(closing);
  expect(outcomeOf(asked)).toBeUndefined();
  closed(open);
  expect(outcomeOf(asked)).toBe(false);
});

test('tasks that are never answered do not pile up, and one that was given up is answered in its trace', () => {
  const { port, asking, carrier, id } = setUp();
  for (let i = 0; i < 10_000; i++) ask(KEY, i, port, THREAD, asking);
  expect(outcome()).toEqual([undefined, false]);
  answered(answer(id, now(), now(), `${'1'.repeat(32)}-${'2'.repeat(16)}-01`));
  expect(runOf(answer(id))?.carrier).toBe(carrier);
  expect(trace.getSpanContext(answered(answer(id)))?.spanId).toBe(carrier.slice(33, 49));
  expect(runOf(answer(id))).toBeUndefined();
  closed(port);
});

test('what was given up does not pile up either', () => {
  const { port, asking, id } = setUp();
  for (let i = 0; i < 110_001; i++) ask(KEY, i, port, THREAD, asking);
  expect(runOf(answer(id))).toBeUndefined();
  expect(runOf(answer(id + 5))?.context.traceId).toBe(trace.getSpanContext(asking)?.traceId);
  closed(port);
});

function msOf([seconds, nanoseconds]: HrTime = [Number.NaN, 0]): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}
