import { createTraceState, SpanKind, TraceFlags } from '@opentelemetry/api';
import { defaultResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { trace } from '../spans/otel.ts';
import { finishedSpansGoTo } from '../spans/sink.ts';
import { sinceEpoch } from './clock.ts';
import { Outbox } from './outbox.ts';
import { toCarrier } from './remote-span.ts';
import { adopt, type Told, tell } from './told.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const parent = {
  traceId: '1'.repeat(32),
  spanId: '2'.repeat(16),
  traceFlags: TraceFlags.SAMPLED,
  isRemote: false,
  traceState: createTraceState('onetrace=force'),
};
const context = { ...parent, spanId: '3'.repeat(16) };
const span: ReadableSpan = {
  name: 'SELECT icon',
  kind: SpanKind.CLIENT,
  spanContext: () => context,
  parentSpanContext: parent,
  startTime: [1, 2],
  endTime: [1, 4],
  duration: [0, 2],
  status: { code: 2, message: 'constraint failed' },
  attributes: { rows: 3, list: ['a'] },
  links: [{ context: parent, attributes: { a: 1 } }],
  events: [{ name: 'retry', time: [1, 3] }],
  ended: true,
  resource: defaultResource(),
  instrumentationScope: { name: 'app', version: '1.0' },
  droppedAttributesCount: 1,
  droppedEventsCount: 2,
  droppedLinksCount: 3,
};

function setUp() {
  const batches: Told[] = [];
  const arrived: ReadableSpan[] = [];
  finishedSpansGoTo({ resource: span.resource, onEnd: (one) => arrived.push(one) });
  return { batches, arrived, outbox: new Outbox((told) => batches.push(structuredClone(told))) };
}

test('a span is the same after it has crossed over', () => {
  const { batches, arrived, outbox } = setUp();
  outbox.onEnd(span);
  outbox.flush();
  adopt(batches[0] ?? []);
  const [one] = arrived;
  const { spanContext: _, ...expected } = span;
  expect({ ...one, duration: one?.duration }).toMatchObject(expected);
  expect(one?.spanContext()).toMatchObject({ traceId: context.traceId, spanId: context.spanId, traceFlags: 1 });
  expect(one?.spanContext().traceState?.get('onetrace')).toBe('force');
});

test('bytes that the app has given away, and links to nothing, keep no span from crossing over', () => {
  const { batches, arrived, outbox } = setUp();
  const [first, late] = [new Uint8Array([1, 2]), new Uint8Array([3])];
  const take = (bytes: Uint8Array<ArrayBuffer>) => structuredClone(bytes, { transfer: [bytes.buffer] });
  take(late);
  const links = [{ context: undefined as never }, { context: parent, attributes: { first } }];
  outbox.onEnd({ ...span, attributes: { first, late, list: [{ first }] as never }, links });
  take(first);
  outbox.flush();
  adopt(batches[0] ?? []);
  const bytes = new Uint8Array([1, 2]);
  expect(arrived[0]?.attributes).toEqual({ first: bytes, late: new Uint8Array(), list: [{ first: bytes }] });
  expect(arrived[0]?.links).toMatchObject([{ context: { spanId: parent.spanId }, attributes: { first: bytes } }]);
});

test('a span that cannot be read or posted is left out, and whoever ended it does not hear of it', () => {
  const { batches, outbox } = setUp();
  outbox.onEnd({ ...span, spanContext: () => undefined as never });
  expect(outbox.take()).toBeUndefined();
  outbox.onEnd(span);
  outbox.onEnd({ ...span, name: (() => 'no text') as never });
  outbox.statement(trace.wrapSpanContext(parent), 'BEGIN', 8, 9, -1);
  outbox.flush();
  expect(batches.map((batch) => batch.length)).toEqual([6]);
});

test('a statement crosses over without being a span before', () => {
  const { batches, arrived, outbox } = setUp();
  outbox.statement(trace.wrapSpanContext(parent), "SELECT * FROM icon WHERE name = 'alien'", 5, 7.5, 3);
  outbox.onEnd(span);
  outbox.statement(trace.wrapSpanContext(parent), 'BEGIN', 8, 9, -1);
  outbox.flush();
  adopt(batches[0] ?? []);
  expect(arrived.map(({ name, kind }) => [name, kind])).toEqual([
    ['SELECT icon', SpanKind.CLIENT],
    ['SELECT icon', SpanKind.CLIENT],
    ['BEGIN', SpanKind.CLIENT],
  ]);
  const [select, , begin] = arrived;
  expect(select?.parentSpanContext).toMatchObject({ traceId: parent.traceId, spanId: parent.spanId });
  expect(select?.spanContext().traceState?.get('onetrace')).toBe('force');
  expect(select?.attributes).toEqual({
    'db.system.name': 'sqlite',
    'db.query.text': 'SELECT * FROM icon WHERE name = ?',
    'db.operation.name': 'SELECT',
    'db.collection.name': 'icon',
    'db.response.returned_rows': 3,
  });
  expect(select?.duration).toEqual([0, 2_500_000]);
  expect((select?.startTime[0] ?? 0) * 1e3 + (select?.startTime[1] ?? 0) / 1e6).toBeCloseTo(sinceEpoch(5), 2);
  expect(begin?.attributes).not.toHaveProperty('db.response.returned_rows');
});

test('a statement of the run that is answered says so in short, and is below the very span that the asking thread knows', () => {
  const { arrived, outbox } = setUp();
  outbox.statement(trace.wrapSpanContext(parent), 'BEGIN', 8, 9, -1);
  outbox.statement(trace.wrapSpanContext(context), 'COMMIT', 8, 9, -1);
  const told = outbox.take() ?? [];
  const known = { carrier: toCarrier(parent), context: parent };
  const message: unknown[] = ['anything'];
  tell(message, told, known.carrier);
  expect(message).toEqual(['anything', '', 'BEGIN', 8, 9, -1, toCarrier(context), 'COMMIT', 8, 9, -1]);
  adopt(message, 1, known);
  expect(arrived.map((one) => one.parentSpanContext?.spanId)).toEqual([parent.spanId, context.spanId]);
  expect(arrived[0]?.parentSpanContext).toBe(parent);
});

test('a statement that goes with the answer of another run names its own', () => {
  const { arrived, outbox } = setUp();
  outbox.statement(trace.wrapSpanContext(parent), 'BEGIN', 8, 9, -1);
  const message: unknown[] = [];
  tell(message, outbox.take() ?? [], toCarrier(context));
  adopt(message, 0, { carrier: toCarrier(context), context });
  expect(arrived[0]?.parentSpanContext).toMatchObject({ traceId: parent.traceId, spanId: parent.spanId });
});

test('of a run that nobody knows any more there is no statement, and the rest arrives', () => {
  const { arrived, outbox } = setUp();
  outbox.statement(trace.wrapSpanContext(parent), 'BEGIN', 8, 9, -1);
  outbox.onEnd(span);
  const message: unknown[] = [];
  tell(message, outbox.take() ?? [], toCarrier(parent));
  adopt(message);
  expect(arrived.map(({ name }) => name)).toEqual(['SELECT icon']);
  outbox.add(message, 0, undefined);
  expect(outbox.take()).toHaveLength(1);
});

test("what a worker's worker tells with an answer names the run when it goes on", () => {
  const { batches, arrived, outbox } = setUp();
  const inner = new Outbox(() => {});
  inner.statement(trace.wrapSpanContext(parent), 'BEGIN', 8, 9, -1);
  inner.onEnd(span);
  inner.statement(trace.wrapSpanContext(context), 'COMMIT', 8, 9, -1);
  const message: unknown[] = ['anything'];
  tell(message, inner.take() ?? [], toCarrier(parent));
  outbox.add(message, 1, { carrier: toCarrier(parent), context: parent });
  outbox.flush();
  adopt(batches[0] ?? []);
  expect(arrived.map((one) => [one.name, one.parentSpanContext?.spanId])).toEqual([
    ['BEGIN', parent.spanId],
    ['SELECT icon', parent.spanId],
    ['COMMIT', context.spanId],
  ]);
});

test('spans wait for an answer to take them along, and go alone when none comes', () => {
  const { batches, outbox } = setUp();
  outbox.onEnd(span);
  expect(outbox.take()).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(batches).toEqual([]);
  outbox.onEnd(span);
  outbox.onEnd(span);
  vi.advanceTimersByTime(1000);
  expect(batches.map((batch) => batch.length)).toEqual([2]);
});

test('spans of an answer that could not be sent wait for the next', () => {
  const { outbox } = setUp();
  outbox.onEnd(span);
  outbox.putBack(outbox.take());
  outbox.putBack(undefined);
  expect(outbox.take()).toHaveLength(1);
});

test('what cannot be sent does not pile up', () => {
  const { outbox } = setUp();
  for (let i = 0; i < 20_000; i++) outbox.onEnd(span);
  expect(outbox.take()).toHaveLength(10_240);
  expect(outbox.take()).toBeUndefined();
});
