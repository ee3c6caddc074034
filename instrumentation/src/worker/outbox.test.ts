import { createTraceState, SpanKind, TraceFlags } from '@opentelemetry/api';
import { defaultResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { trace } from '../spans/otel.ts';
import { finishedSpansGoTo } from '../spans/sink.ts';
import { sinceEpoch } from './clock.ts';
import { Outbox } from './outbox.ts';
import { adopt, type Told } from './told.ts';

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

test('a statement of the run that is answered is below the very span that the asking thread knows', () => {
  const { batches, arrived, outbox } = setUp();
  outbox.statement(trace.wrapSpanContext(parent), 'BEGIN', 8, 9, -1);
  outbox.flush();
  const known = { carrier: batches[0]?.[0] as string, context: parent };
  adopt(batches[0] ?? [], known);
  expect(arrived[0]?.parentSpanContext).toBe(parent);
  adopt(batches[0] ?? [], { ...known, carrier: 'of another run' });
  expect(arrived[1]?.parentSpanContext).not.toBe(parent);
  expect(arrived[1]?.parentSpanContext?.spanId).toBe(parent.spanId);
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
