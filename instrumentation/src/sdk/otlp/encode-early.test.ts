import { defaultResource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FinishedSpan } from '../../spans/finished-span.ts';
import { EncodeEarly } from './encode-early.ts';
import type { EncodedSpan } from './encoded-span.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const parent = { traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags: 1 };

function span(name: string, { isRemote = false, traceFlags = 1, text = '' } = {}): ReadableSpan {
  return new FinishedSpan({
    name: `<${name}>`,
    kind: 0,
    context: { traceId: TRACE, spanId: '00f067aa0ba902b7', traceFlags },
    parent: { ...parent, isRemote },
    startTime: [1, 0],
    endTime: [1, 5],
    attributes: { text },
    resource: defaultResource(),
    scope: { name: 'test' },
  });
}

function setUp({ reachable = true } = {}) {
  const calls: string[] = [];
  const batch = {
    onEnd: (one: unknown) => {
      const { bytes, start, end } = one as EncodedSpan;
      // The name is in there, among ids and times.
      calls.push(/<(.*)>/.exec(bytes.toString('latin1', start, end))?.[1] ?? 'unreadable');
    },
    forceFlush: async () => {
      calls.push('flush');
      if (!reachable) throw new Error('no Collector');
    },
    shutdown: async () => {
      calls.push('shutdown');
    },
  } as unknown as SpanProcessor;
  return { calls, early: new EncodeEarly(batch, 100) };
}

test('the spans of a request are written when it is over, in the order in which they ended', () => {
  const { calls, early } = setUp();
  early.onEnd(span('a1'));
  early.onEnd(span('a2'));
  expect(calls).toEqual([]);
  early.onEnd(span('root', { isRemote: true }));
  expect(calls).toEqual(['a1', 'a2', 'root']);
  vi.advanceTimersByTime(1000);
  expect(calls).toHaveLength(3);
});

test('those whose request goes on wait for a moment only', () => {
  const { calls, early } = setUp();
  early.onEnd(span('a1'));
  vi.advanceTimersByTime(99);
  expect(calls).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(calls).toEqual(['a1']);
  early.onEnd(span('a2'));
  vi.advanceTimersByTime(100);
  expect(calls).toEqual(['a1', 'a2']);
});

test('many do not wait', () => {
  const { calls, early } = setUp();
  for (let number = 0; number < 130; number++) early.onEnd(span(`a${number}`));
  expect(calls).toHaveLength(128);
});

test.each(['forceFlush', 'shutdown'] as const)('%s takes along what waits', async (method) => {
  const { calls, early } = setUp();
  early.onEnd(span('a1'));
  await early[method]();
  expect(calls).toEqual(['a1', method === 'shutdown' ? 'shutdown' : 'flush']);
});

test('what is not sampled is not exported', async () => {
  const { calls, early } = setUp();
  early.onEnd(span('a1', { traceFlags: 0 }));
  await early.forceFlush();
  expect(calls).toEqual(['flush']);
});

test("a batch of large spans goes before it is full, and that it failed is nobody's rejection", async () => {
  const { calls, early } = setUp({ reachable: false });
  const large = { isRemote: true, text: 'x'.repeat(1_100_000) };
  early.onEnd(span('a1', large));
  expect(calls).toEqual(['a1']);
  early.onEnd(span('a2', large));
  expect(calls).toEqual(['a1', 'a2', 'flush']);
  early.onEnd(span('a3', large));
  expect(calls).toHaveLength(4);
});

test('what has left in full batches does not count', () => {
  const { calls, early } = setUp();
  const long = { isRemote: true, text: 'x'.repeat(20_000) };
  for (let number = 0; number < 400; number++) early.onEnd(span(`a${number}`, long));
  expect(calls).not.toContain('flush');
  const longer = { isRemote: true, text: 'x'.repeat(25_000) };
  for (let number = 0; number < 100; number++) early.onEnd(span(`a${number}`, longer));
  expect(calls.filter((call) => call === 'flush')).toHaveLength(1);
});
