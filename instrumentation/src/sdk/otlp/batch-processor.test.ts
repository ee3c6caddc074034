import { AsyncLocalStorage } from 'node:async_hooks';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { span } from '../../../test/support/finished.ts';
import { decoded, spansOf } from '../../../test/support/otlp-request.ts';
import { contexts } from '../../spans/context-manager.ts';
import { api, core } from '../api.ts';
import type { BatchLimits } from '../internals.ts';
import { BatchProcessor } from './batch-processor.ts';
import { messageOf } from './encoded-batch.ts';

const reported = vi.fn();
const warned = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  core.setGlobalErrorHandler(reported);
  api.diag.setLogger({ ...console, verbose: () => {}, debug: () => {}, warn: warned }, { logLevel: 50 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
  api.diag.disable();
});

const SUCCESS = { code: ExportResultCode.SUCCESS };

function failure(message: string): ExportResult {
  return { code: ExportResultCode.FAILED, error: new Error(message) };
}

/** Keeps what it gets: `calls` are the names of the spans of each export; answers at once unless `answers` is off. */
class Receiver implements SpanExporter {
  readonly calls: string[][] = [];
  readonly events: string[] = [];
  answers = true;
  result: ExportResult = SUCCESS;
  /** Of the exports that wait for an answer. */
  readonly open: ((result: ExportResult) => void)[] = [];

  export(spans: { length: number }, done: (result: ExportResult) => void): void {
    const names = spansOf(decoded(messageOf(spans) as Uint8Array)).map(({ name }) => name);
    expect(spans).toHaveLength(names.length);
    this.calls.push(names);
    this.events.push('export');
    if (this.answers) done(this.result);
    else this.open.push(done);
  }

  /** The answer to all that is open, and to what comes then, one after the other; returns how many were open at most. */
  async answerAll(): Promise<number> {
    let most = 0;
    while (this.open.length > 0) {
      most = Math.max(most, this.open.length);
      this.open.shift()?.(this.result);
      await vi.advanceTimersByTimeAsync(0);
    }
    return most;
  }

  async shutdown(): Promise<void> {
    this.events.push('shutdown');
  }
}

const LIMITS: BatchLimits = { batchSize: 100, queueSize: 400, delayMs: 5000, timeoutMs: 30_000 };

function setUp(limits: Partial<BatchLimits> = {}) {
  const receiver = new Receiver();
  const processor = new BatchProcessor(receiver, { ...LIMITS, ...limits });
  let count = 0;
  return {
    receiver,
    processor,
    /** Requests of one span each, named by their number. */
    endRequests(number: number) {
      for (let made = 0; made < number; made++) processor.onEnd(span(`${count++}`, { isRemote: true }));
    },
  };
}

describe('a batch goes', () => {
  test('when it is full, the others wait for theirs', async () => {
    const { receiver, endRequests } = setUp({ batchSize: 3 });
    endRequests(2);
    expect(receiver.calls).toEqual([]);
    endRequests(2);
    expect(receiver.calls).toEqual([['0', '1', '2']]);
    await vi.advanceTimersByTimeAsync(0);
    endRequests(2);
    expect(receiver.calls).toEqual([
      ['0', '1', '2'],
      ['3', '4', '5'],
    ]);
  });

  test('when it is full, though the request goes on', () => {
    const { receiver, processor, endRequests } = setUp({ batchSize: 3 });
    endRequests(1);
    for (const name of ['a', 'b', 'c']) processor.onEnd(span(name));
    expect(receiver.calls).toEqual([['0', 'a', 'b']]);
  });

  test('after the delay, counted from its first span', async () => {
    const { receiver, processor, endRequests } = setUp();
    processor.onEnd(span('a'));
    await vi.advanceTimersByTimeAsync(4000);
    endRequests(1);
    await vi.advanceTimersByTimeAsync(999);
    expect(receiver.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(receiver.calls).toEqual([['a', '0']]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(receiver.calls).toHaveLength(1);
  });

  test('after a delay that is shorter than what spans wait for company', async () => {
    const { receiver, processor } = setUp({ delayMs: 20 });
    processor.onEnd(span('a'));
    await vi.advanceTimersByTimeAsync(20);
    expect(receiver.calls).toEqual([['a']]);
  });

  test('before it is full when its spans are large', () => {
    const { receiver, processor } = setUp();
    const large = { isRemote: true, text: 'x'.repeat(1_100_000) };
    processor.onEnd(span('a', large));
    expect(receiver.calls).toEqual([]);
    processor.onEnd(span('b', large));
    expect(receiver.calls).toEqual([['a', 'b']]);
    processor.onEnd(span('c', large));
    expect(receiver.calls).toHaveLength(1);
  });

  test('even if one span is more than a batch may have', () => {
    const { receiver, processor } = setUp();
    processor.onEnd(span('a', { isRemote: true, text: 'x'.repeat(5_000_000) }));
    processor.onEnd(span('b', { isRemote: true, text: 'x'.repeat(5_000_000) }));
    expect(receiver.calls).toEqual([['a'], ['b']]);
  });
});

test.each([
  ['the same scope', {}],
  ['another scope', { scope: { name: 'other' } }],
])('a span of %s that is more than a Collector takes goes alone', async (_which, difference) => {
  const { receiver, processor } = setUp();
  for (const name of ['a', 'b']) processor.onEnd(span(name));
  processor.onEnd(span('c', { isRemote: true }));
  processor.onEnd(span('huge', { isRemote: true, text: 'x'.repeat(5_000_000), ...difference }));
  expect(receiver.calls).toEqual([['a', 'b', 'c'], ['huge']]);
  processor.onEnd(span('d', { isRemote: true }));
  await processor.forceFlush();
  expect(receiver.calls.at(-1)).toEqual(['d']);
});

describe('spans become bytes', () => {
  function watched(name: string, isRemote = false) {
    const read = vi.fn(() => ({ code: 0 }));
    return { read, span: Object.defineProperty(span(name, { isRemote }), 'status', { get: read }) };
  }

  test('when their request is over', () => {
    const { processor } = setUp();
    const [child, root] = [watched('child'), watched('root', true)];
    processor.onEnd(child.span);
    expect(child.read).not.toHaveBeenCalled();
    processor.onEnd(root.span);
    expect(child.read).toHaveBeenCalledTimes(1);
    expect(root.read).toHaveBeenCalledTimes(1);
  });

  test('after a moment when it goes on', async () => {
    const { processor } = setUp();
    for (const { read, span } of [watched('a'), watched('b')]) {
      processor.onEnd(span);
      await vi.advanceTimersByTimeAsync(99);
      expect(read).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(read).toHaveBeenCalledTimes(1);
    }
  });

  test('at once when there are many', () => {
    const { processor } = setUp();
    const spans = Array.from({ length: 65 }, (_, index) => watched(`${index}`));
    for (const { span } of spans) processor.onEnd(span);
    expect(spans.filter(({ read }) => read.mock.calls.length > 0)).toHaveLength(64);
  });
});

describe('while an export is under way', () => {
  test('full batches wait, one goes after the other', async () => {
    const { receiver, endRequests } = setUp({ batchSize: 2 });
    receiver.answers = false;
    endRequests(5);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(receiver.calls).toEqual([['0', '1']]);
    receiver.open[0]?.(SUCCESS);
    await vi.advanceTimersByTimeAsync(0);
    expect(receiver.calls.slice(1)).toEqual([['2', '3']]);
    receiver.open[1]?.(SUCCESS);
    await vi.advanceTimersByTimeAsync(4999);
    expect(receiver.calls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(receiver.calls.slice(2)).toEqual([['4']]);
  });

  const large = { isRemote: true, text: 'x'.repeat(2_200_000) };

  test('large ones do not wait: what they say is too much to keep', () => {
    const { receiver, processor } = setUp();
    receiver.answers = false;
    for (const name of ['a', 'b', 'c']) processor.onEnd(span(name, large));
    expect(receiver.calls).toEqual([['a'], ['b'], ['c']]);
  });

  test('they do where many are under way, until they are too much to keep', async () => {
    const { receiver, processor } = setUp();
    receiver.answers = false;
    for (let name = 0; name < 40; name++) processor.onEnd(span(`${name}`, large));
    expect(await receiver.answerAll()).toBe(8);
    // Those under way, and 32 MB.
    expect(receiver.calls).toEqual(Array.from({ length: 8 + 16 }, (_, name) => [`${name}`]));
    processor.onEnd(span('after', large));
    expect(warned.mock.calls).toEqual([['Dropped 16 spans because 32 MB reached']]);
    expect(receiver.calls.at(-1)).toEqual(['after']);
  });

  test('what the queue has no room for is dropped, and said so when there is room again', async () => {
    const { receiver, endRequests } = setUp({ batchSize: 2, queueSize: 3 });
    receiver.answers = false;
    endRequests(2 + 3 + 7);
    expect(warned).not.toHaveBeenCalled();
    receiver.open[0]?.(SUCCESS);
    await vi.advanceTimersByTimeAsync(0);
    endRequests(1);
    expect(warned.mock.calls).toEqual([['Dropped 7 spans because maxQueueSize reached']]);
    receiver.open[1]?.(SUCCESS);
    await vi.advanceTimersByTimeAsync(0);
    expect(receiver.calls).toEqual([
      ['0', '1'],
      ['2', '3'],
      ['4', '12'],
    ]);
  });

  test('spans of a request that goes on take room as well', async () => {
    const { receiver, processor } = setUp({ queueSize: 2 });
    for (const name of ['a', 'b', 'c']) processor.onEnd(span(name));
    await processor.forceFlush();
    expect(receiver.calls).toEqual([['a', 'b']]);
  });
});

describe('a failed export', () => {
  test('costs its batch and is reported once', async () => {
    const { receiver, endRequests } = setUp({ batchSize: 2 });
    receiver.result = failure('no Collector');
    endRequests(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(reported.mock.calls).toEqual([[receiver.result.error]]);
    receiver.result = SUCCESS;
    endRequests(2);
    expect(receiver.calls).toEqual([
      ['0', '1'],
      ['2', '3'],
    ]);
  });

  test('without a reason has one', async () => {
    const { receiver, endRequests } = setUp({ batchSize: 1 });
    receiver.result = { code: ExportResultCode.FAILED };
    endRequests(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(reported.mock.calls).toMatchObject([[{ message: 'BatchSpanProcessor: span export failed' }]]);
  });

  test('that throws is one', async () => {
    const { receiver, endRequests } = setUp({ batchSize: 1 });
    vi.spyOn(receiver, 'export').mockImplementationOnce(() => {
      throw new Error('broken');
    });
    endRequests(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(reported.mock.calls).toMatchObject([[{ message: 'broken' }]]);
    expect(receiver.calls).toEqual([['1']]);
  });

  test('that is never answered ends after the time-out', async () => {
    const { receiver, endRequests } = setUp({ batchSize: 1, timeoutMs: 700 });
    receiver.answers = false;
    endRequests(2);
    await vi.advanceTimersByTimeAsync(699);
    expect(receiver.calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(reported.mock.calls).toMatchObject([[{ message: 'Timeout' }]]);
    expect(receiver.calls).toHaveLength(2);
  });

  test('rejects a flush, and is not reported besides', async () => {
    const { receiver, processor, endRequests } = setUp();
    receiver.result = failure('no Collector');
    endRequests(1);
    await expect(processor.forceFlush()).rejects.toThrow('no Collector');
    expect(reported).not.toHaveBeenCalled();
  });
});

describe('a flush', () => {
  test('sends all there is, in batches, and waits for the answers', async () => {
    const { receiver, processor, endRequests } = setUp({ batchSize: 2 });
    receiver.answers = false;
    endRequests(5);
    processor.onEnd(span('a'));
    const flushed = vi.fn();
    void processor.forceFlush().then(flushed);
    expect(receiver.calls).toEqual([
      ['0', '1'],
      ['2', '3'],
      ['4', 'a'],
    ]);
    for (const answer of receiver.open.toReversed()) {
      await vi.advanceTimersByTimeAsync(0);
      expect(flushed).not.toHaveBeenCalled();
      answer(SUCCESS);
    }
    await vi.advanceTimersByTimeAsync(0);
    expect(flushed).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(receiver.calls).toHaveLength(3);
  });

  test('of many batches sends them a few at a time: exporters refuse more', async () => {
    const { receiver, processor, endRequests } = setUp({ batchSize: 1, queueSize: 50 });
    receiver.answers = false;
    endRequests(50);
    const flushed = processor.forceFlush();
    expect(await receiver.answerAll()).toBe(8);
    await flushed;
    expect(receiver.calls).toEqual(Array.from({ length: 50 }, (_, name) => [`${name}`]));
  });

  test('gives each of them its time from when it is its turn', async () => {
    const { receiver, processor, endRequests } = setUp({ batchSize: 1, timeoutMs: 700 });
    receiver.answers = false;
    endRequests(9);
    const failed = vi.fn();
    processor.forceFlush().catch(failed);
    await vi.advanceTimersByTimeAsync(1399);
    expect(receiver.calls).toHaveLength(9);
    expect(failed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(failed.mock.calls).toMatchObject([[{ message: 'Timeout' }]]);
  });

  test('leaves those that wait for their turn their room in the queue', async () => {
    const { receiver, processor, endRequests } = setUp({ batchSize: 1, queueSize: 10 });
    receiver.answers = false;
    endRequests(10);
    void processor.forceFlush();
    expect(receiver.calls).toHaveLength(8);
    endRequests(20);
    await receiver.answerAll();
    expect(receiver.calls).toHaveLength(18);
    endRequests(1);
    expect(warned.mock.calls).toEqual([['Dropped 12 spans because maxQueueSize reached']]);
  });

  test('waits for what another one sends, and is not rejected for that', async () => {
    const { receiver, processor, endRequests } = setUp();
    receiver.answers = false;
    endRequests(1);
    const first = processor.forceFlush();
    const flushed = vi.fn();
    void processor.forceFlush().then(flushed);
    await vi.advanceTimersByTimeAsync(10);
    expect(flushed).not.toHaveBeenCalled();
    receiver.open[0]?.(failure('no Collector'));
    await expect(first).rejects.toThrow('no Collector');
    await vi.advanceTimersByTimeAsync(0);
    expect(flushed).toHaveBeenCalledTimes(1);
  });

  test('begins the delay anew', async () => {
    const { receiver, processor, endRequests } = setUp();
    endRequests(1);
    await vi.advanceTimersByTimeAsync(4000);
    await processor.forceFlush();
    endRequests(1);
    await vi.advanceTimersByTimeAsync(4999);
    expect(receiver.calls).toEqual([['0']]);
    await vi.advanceTimersByTimeAsync(1);
    expect(receiver.calls).toEqual([['0'], ['1']]);
  });

  test('of nothing sends nothing', async () => {
    const { receiver, processor } = setUp();
    await processor.forceFlush();
    expect(receiver.calls).toEqual([]);
  });
});

describe('the end', () => {
  test('sends what is left, then closes the exporter, once', async () => {
    const { receiver, processor } = setUp();
    processor.onEnd(span('a'));
    const ended = processor.shutdown();
    processor.onEnd(span('late', { isRemote: true }));
    expect(processor.shutdown()).toBe(ended);
    expect(processor.forceFlush()).toBe(ended);
    await ended;
    expect(receiver.events).toEqual(['export', 'shutdown']);
    expect(receiver.calls).toEqual([['a']]);
    processor.onEnd(span('later', { isRemote: true }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(receiver.calls).toHaveLength(1);
  });

  test('closes it after the answer', async () => {
    const { receiver, processor, endRequests } = setUp();
    receiver.answers = false;
    endRequests(1);
    const ended = processor.shutdown();
    await vi.advanceTimersByTimeAsync(10);
    expect(receiver.events).toEqual(['export']);
    receiver.open[0]?.(SUCCESS);
    await ended;
    expect(receiver.events).toEqual(['export', 'shutdown']);
  });

  test('closes it after all answers, though an early one is a failure', async () => {
    const { receiver, processor, endRequests } = setUp({ batchSize: 1 });
    receiver.answers = false;
    endRequests(10);
    const ended = processor.shutdown();
    await vi.advanceTimersByTimeAsync(10);
    for (const result of [SUCCESS, failure('too large')]) receiver.open.shift()?.(result);
    await vi.advanceTimersByTimeAsync(10);
    expect(receiver.events).not.toContain('shutdown');
    void receiver.answerAll();
    await ended.catch(() => undefined);
    expect(receiver.calls).toHaveLength(10);
    expect(receiver.events.at(-1)).toBe('shutdown');
  });

  test('closes it though the last spans did not arrive', async () => {
    const { receiver, processor, endRequests } = setUp();
    receiver.result = failure('no Collector');
    endRequests(1);
    await expect(processor.shutdown()).rejects.toThrow('no Collector');
    expect(receiver.events).toEqual(['export', 'shutdown']);
  });
});

test('what is not sampled is not exported', async () => {
  const { receiver, processor } = setUp();
  processor.onEnd(span('a', { traceFlags: 0, isRemote: true }));
  await processor.forceFlush();
  expect(receiver.calls).toEqual([]);
});

test('a span that cannot be written costs nobody else', async () => {
  const { receiver, processor } = setUp({ queueSize: 2, batchSize: 2 });
  const bad = Object.defineProperty(span('bad'), 'endTime', { value: undefined });
  const worse = Object.defineProperty(span('worse'), 'parentSpanContext', {
    get: () => {
      throw new Error('out of order');
    },
  });
  for (const one of [bad, span('a'), worse, span('b', { isRemote: true })]) processor.onEnd(one);
  await processor.forceFlush();
  expect(receiver.calls).toEqual([['a', 'b']]);
  expect(reported).toHaveBeenCalledTimes(2);
});

test('a span that ends while another one is written waits for its turn', async () => {
  const { receiver, processor } = setUp();
  const outer = Object.defineProperty(span('outer', { isRemote: true }), 'status', {
    get: () => {
      processor.onEnd(span('inner', { isRemote: true }));
      return { code: 0 };
    },
  });
  processor.onEnd(outer);
  await processor.forceFlush();
  expect(receiver.calls).toEqual([['outer', 'inner']]);
});

describe('exports belong to nobody', () => {
  const KEY = api.createContextKey('request');
  const stored = new AsyncLocalStorage<string>();

  beforeEach(() => {
    api.context.setGlobalContextManager(contexts);
  });
  afterEach(() => {
    api.context.disable();
  });

  test.each([
    ['a full batch', 1],
    ['the schedule', 2],
  ])('%s', async (_, batchSize) => {
    const { receiver, endRequests } = setUp({ batchSize });
    const seen: unknown[] = [];
    vi.spyOn(receiver, 'export').mockImplementation(() => {
      const active = api.context.active();
      seen.push(active.getValue(KEY), stored.getStore(), core.isTracingSuppressed(active));
    });
    const mine = api.ROOT_CONTEXT.setValue(KEY, 'mine');
    stored.run('mine', () => api.context.with(mine, () => contexts.section(mine, endRequests, 1, undefined)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen).toEqual([undefined, undefined, true]);
  });

  test('nor does the timer', async () => {
    vi.useRealTimers();
    const { processor } = setUp({ delayMs: 1 });
    const seen = await new Promise((resolve) => {
      const read = () => {
        resolve(stored.getStore());
        return { code: 0 };
      };
      stored.run('mine', () => processor.onEnd(Object.defineProperty(span('a'), 'status', { get: read })));
    });
    expect(seen).toBeUndefined();
  });
});

describe('a resource that is not known yet', () => {
  function pending() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const resource = {
      attributes: { 'service.name': 'early' } as Record<string, string>,
      asyncAttributesPending: true,
      waitForAsyncAttributes: () => promise,
      merge: () => resource,
      getRawAttributes: () => [],
    };
    const settle = () => {
      resource.attributes = { 'service.name': 'settled' };
      resource.asyncAttributesPending = false;
      resolve();
    };
    return { resource, settle, reject };
  }

  test('is waited for', async () => {
    const { receiver, processor } = setUp({ batchSize: 1 });
    const exported = vi.spyOn(receiver, 'export');
    const { resource, settle } = pending();
    processor.onEnd(span('a', { isRemote: true, resource }));
    await vi.advanceTimersByTimeAsync(10);
    expect(exported).not.toHaveBeenCalled();
    settle();
    await vi.advanceTimersByTimeAsync(0);
    const message = messageOf(exported.mock.calls[0]?.[0]) as Uint8Array;
    expect(JSON.stringify(decoded(message).resources[0]?.resource)).toContain('"settled"');
  });

  test('that never will be ends after the time-out', async () => {
    const { receiver, processor, endRequests } = setUp({ batchSize: 1, timeoutMs: 700 });
    processor.onEnd(span('a', { isRemote: true, resource: pending().resource }));
    await vi.advanceTimersByTimeAsync(700);
    expect(reported.mock.calls).toMatchObject([[{ message: 'Timeout' }]]);
    endRequests(1);
    expect(receiver.calls).toEqual([['0']]);
  });

  test('and cannot be known costs its batch', async () => {
    const { receiver, processor, endRequests } = setUp({ batchSize: 1 });
    const { resource, reject } = pending();
    processor.onEnd(span('a', { isRemote: true, resource }));
    reject(new Error('no metadata'));
    await vi.advanceTimersByTimeAsync(0);
    expect(reported.mock.calls).toMatchObject([[{ message: 'no metadata' }]]);
    endRequests(1);
    expect(receiver.calls).toEqual([['0']]);
  });
});
