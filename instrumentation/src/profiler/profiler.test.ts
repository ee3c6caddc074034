import { createTraceState, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Contexts } from '../spans/context-manager.ts';
import type { RawNode } from './engine.ts';
import { Profiler } from './profiler.ts';
import { readProfileSettings } from './settings.ts';

/** Stands for V8's profiler, which is started for real in test/profiler.test.ts: here it is about when. */
const engine = vi.hoisted(() => ({ starts: 0, stops: 0, drains: 0, broken: undefined as string | undefined }));
vi.mock('./engine.ts', () => ({
  DRAIN_EVERY_MS: 10_000,
  Engine: class {
    running = false;
    constructor() {
      if (engine.broken) throw new Error(engine.broken);
    }
    start() {
      engine.starts++;
      this.running = true;
    }
    stop() {
      engine.stops++;
      this.running = false;
    }
    drain<T>(take: (root: Partial<RawNode>) => T): T {
      engine.drains++;
      return take({ children: [] });
    }
    holder = () => ({});
  },
}));

vi.mock('node:perf_hooks', () => import('../../test/support/faked-perf-hooks.ts'));

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(engine, { starts: 0, stops: 0, drains: 0, broken: undefined });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A thread that exports into a list. */
function thread(env: NodeJS.ProcessEnv = {}) {
  const exported: ReadableSpan[] = [];
  const said: string[] = [];
  const exporter: SpanProcessor = {
    onStart() {},
    onEnd: (span) => exported.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const profiler = new Profiler(readProfileSettings({ ONETRACE_PROFILE: 'on-demand', ...env }, vi.fn()), {
    contexts: new Contexts(),
    mayAsk: ({ attributes }) => attributes.stranger !== true,
    send: (span) => exported.push(span),
    flush: async () => {},
    say: (line) => said.push(line),
  });
  const provider = new TracerProvider({ spanProcessors: [profiler, profiler.holdingBack(exporter)] });
  const tracer = provider.getTracer('test');
  const begin = (mark = 'profile', attributes = {}) => {
    const caller = {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
      traceState: createTraceState(`onetrace=${mark}`),
    };
    return tracer.startSpan('GET', { attributes }, trace.setSpanContext(ROOT_CONTEXT, caller));
  };
  const request = async (mark?: string, attributes?: object) => {
    begin(mark, attributes).end();
    await vi.advanceTimersByTimeAsync(1000);
    return exported.at(-1)?.attributes ?? {};
  };
  return { profiler, provider, exported, said, begin, request };
}

const UNAVAILABLE = 'onetrace.profile.unavailable';

describe('on demand', () => {
  test('the request that asks is over before anything starts; the next one has samples', async () => {
    const { begin, exported, request } = thread();
    const first = begin();
    await vi.advanceTimersByTimeAsync(1000);
    expect(engine.starts).toBe(0);
    first.end();
    expect(engine.starts).toBe(0);
    expect(exported[0]?.attributes[UNAVAILABLE]).toBe('it was not running, and starts after this request');
    await vi.advanceTimersByTimeAsync(1000);
    expect(engine.starts).toBe(1);
    expect(await request()).toHaveProperty(['onetrace.profile.samples']);
  });

  test('nobody else starts it: who is not trusted, not marked, or only forced', async () => {
    const { request } = thread();
    for (const [mark, attributes] of [['profile', { stranger: true }], ['none'], ['force']] as const)
      expect(await request(mark, attributes)).not.toHaveProperty([UNAVAILABLE]);
    expect(engine.starts).toBe(0);
  });

  test('it goes on for a minute after the last one that asked; and starts once a minute at most', async () => {
    const { request } = thread({ ONETRACE_PROFILE_START_EVERY_MS: '300000' });
    await request();
    await vi.advanceTimersByTimeAsync(50_000);
    expect(engine.stops).toBe(0);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(engine.stops).toBe(1);
    expect((await request())[UNAVAILABLE]).toMatch(/^it starts at most once in 300 s: again in 2\d\d s$/);
    expect(engine.starts).toBe(1);
    await vi.advanceTimersByTimeAsync(300_000);
    await request();
    expect(engine.starts).toBe(2);
  });

  test('a request that was under way when it started is not explained by halves', async () => {
    const { begin, exported, request } = thread();
    const long = begin();
    await request();
    expect(engine.starts).toBe(1);
    long.end();
    expect(exported.at(-1)?.attributes[UNAVAILABLE]).toBe('it was started while this request was under way');
  });

  test('what cannot be had is said once, and to every request that asks', async () => {
    engine.broken = 'no such thing here';
    const { request, said } = thread();
    await request();
    expect((await request())[UNAVAILABLE]).toBe('no such thing here');
    expect(said).toEqual(['function samples are not available: no such thing here; spans are made as ever']);
  });
});

describe('while it runs', () => {
  const started = (env: NodeJS.ProcessEnv = {}) => {
    const made = thread({ ONETRACE_PROFILE: 'always', ...env });
    made.profiler.startNow();
    return made;
  };

  test('a root that waits for its samples is held back, others are not', async () => {
    const { begin, exported } = started();
    begin('none').end();
    expect(exported).toHaveLength(1);
    begin('force').end();
    expect(exported).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(exported.at(-1)?.attributes).toHaveProperty(['onetrace.time.unknown_ms']);
  });

  test('samples are fetched when no request is under way, or after 0.4 s', async () => {
    const { begin } = started();
    const other = begin('none');
    begin().end();
    await vi.advanceTimersByTimeAsync(300);
    expect(engine.drains).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(engine.drains).toBe(1);
    other.end();
  });

  test('the end of the process does not wait for samples', async () => {
    const { begin, exported, provider } = started();
    begin().end();
    await provider.shutdown();
    expect(exported).toHaveLength(1);
  });

  test('a request that does not end is given up after a minute, and says so when it does', async () => {
    const { begin, exported } = started();
    const endless = begin();
    await vi.advanceTimersByTimeAsync(75_000);
    endless.end();
    expect(exported.at(-1)?.attributes[UNAVAILABLE]).toBe('it took longer than 60 s');
  });

  test('always is always', async () => {
    const { request } = started();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(engine.stops).toBe(0);
    expect(await request('force')).toHaveProperty(['onetrace.profile.samples']);
  });
});
