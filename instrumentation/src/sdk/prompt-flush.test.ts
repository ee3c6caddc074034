import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PromptFlush } from './prompt-flush.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(forceFlush = vi.fn(async () => {})) {
  return { forceFlush, flusher: new PromptFlush([{ forceFlush } as unknown as SpanProcessor]) };
}

function span(mark: string | undefined, parent: 'none' | 'remote' | 'local' = 'remote'): ReadableSpan {
  return {
    spanContext: () => ({ traceState: mark === undefined ? undefined : { get: () => mark } }),
    parentSpanContext: parent === 'none' ? undefined : { isRemote: parent === 'remote' },
  } as unknown as ReadableSpan;
}

test.each(['force', 'profile'])('a local root marked %s is exported at once', async (mark) => {
  const { forceFlush, flusher } = setUp();
  flusher.onEnd(span(mark, 'none'));
  await vi.advanceTimersByTimeAsync(1);
  expect(forceFlush).toHaveBeenCalledTimes(1);
});

test.each([undefined, 'other'])('a span marked %s waits for the batch schedule', async (mark) => {
  const { forceFlush, flusher } = setUp();
  flusher.onEnd(span(mark));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(forceFlush).not.toHaveBeenCalled();
});

test('a span that ends after its local root follows soon', async () => {
  const { forceFlush, flusher } = setUp();
  flusher.onEnd(span('force'));
  await vi.advanceTimersByTimeAsync(60);
  flusher.onEnd(span('force', 'local'));
  await vi.advanceTimersByTimeAsync(201);
  expect(forceFlush).toHaveBeenCalledTimes(2);
});

test('a thousand forced requests a second make no more than 20 exports', async () => {
  const { forceFlush, flusher } = setUp();
  for (let ms = 0; ms < 1000; ms++) {
    flusher.onEnd(span('force'));
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(forceFlush.mock.calls.length).toBeGreaterThan(15);
  // 20 gaps of 50 ms have 21 ends.
  expect(forceFlush.mock.calls.length).toBeLessThanOrEqual(21);
});

test('a Collector that hangs has one export to hang on to', async () => {
  const { forceFlush, flusher } = setUp(vi.fn(() => new Promise<void>(() => {})));
  for (let i = 0; i < 100; i++) {
    flusher.onEnd(span('force'));
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(forceFlush).toHaveBeenCalledTimes(1);
});

test('in a hurry every span is urgent', async () => {
  const { forceFlush, flusher } = setUp();
  flusher.hurry();
  await vi.advanceTimersByTimeAsync(1);
  flusher.onEnd(span(undefined));
  await vi.advanceTimersByTimeAsync(51);
  expect(forceFlush).toHaveBeenCalledTimes(2);
});

test('a failed export is not its business', async () => {
  const { flusher } = setUp(vi.fn(async () => Promise.reject(new Error('down'))));
  flusher.onEnd(span('force'));
  await vi.advanceTimersByTimeAsync(100);
});
