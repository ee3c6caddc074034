import { createTraceState, SpanKind, TraceFlags } from '@opentelemetry/api';
import { defaultResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from './outbox.ts';
import { fromRemote, type RemoteSpan } from './remote-span.ts';

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
  const batches: RemoteSpan[][] = [];
  return { batches, outbox: new Outbox((spans) => batches.push(structuredClone(spans))) };
}

test('a span is the same after it has crossed over', () => {
  const { batches, outbox } = setUp();
  outbox.onEnd(span);
  outbox.flush();
  const arrived = fromRemote(batches[0]?.[0] as RemoteSpan, span.resource, createTraceState);
  const { spanContext: _, ...expected } = span;
  expect({ ...arrived, duration: arrived.duration }).toMatchObject(expected);
  expect(arrived.spanContext()).toMatchObject({ traceId: context.traceId, spanId: context.spanId, traceFlags: 1 });
  expect(arrived.spanContext().traceState?.get('onetrace')).toBe('force');
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
  expect(outbox.take()).toHaveLength(1);
});

test('what cannot be sent does not pile up', () => {
  const { outbox } = setUp();
  for (let i = 0; i < 5000; i++) outbox.onEnd(span);
  expect(outbox.take()).toHaveLength(2048);
});
