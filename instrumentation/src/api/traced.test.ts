import { context, trace } from '@opentelemetry/api';
import { RPCType, setRPCMetadata } from '@opentelemetry/core';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { acceptSpans } from '../sdk/tracing.ts';
import { Contexts } from '../spans/context-manager.ts';
import { offerTrace, type TracedLocals } from './locals.ts';
import { currentSpan, rootSpan } from './spans.ts';
import { traced } from './traced.ts';
import { openTracing } from './tracing.ts';

const exporter = new InMemorySpanExporter();
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

beforeAll(() => {
  context.setGlobalContextManager(new Contexts());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  acceptSpans();
});
afterEach(() => exporter.reset());
afterAll(() => {
  context.disable();
  trace.disable();
});

/** In the order of their ends: name, name of the parent, error if any. */
function ended(): string[] {
  const spans = exporter.getFinishedSpans();
  const nameOf = (id: string | undefined) => spans.find((span) => span.spanContext().spanId === id)?.name;
  return spans.map((span: ReadableSpan) =>
    [span.name, nameOf(span.parentSpanContext?.spanId), span.status.message].filter(Boolean).join(' < '),
  );
}

describe('a sync function', () => {
  test('stays sync; the span is its argument, active in it, and over with it', () => {
    const sum = traced('sum', (span) => {
      expect(currentSpan()).toBe(span);
      traced('inner', () => {});
      return 1 + 2;
    });
    expect(sum).toBe(3);
    expect(ended()).toEqual(['inner < sum', 'sum']);
  });

  test('has attributes', () => {
    traced('order', (span) => span.setAttribute('b', 2), { a: 1 });
    expect(exporter.getFinishedSpans()[0]?.attributes).toEqual({ a: 1, b: 2 });
  });

  test.each([[new TypeError('no')], ['a string'], [undefined], [Object.create(null)]])(
    'throws what it throws: %o',
    (thrown) => {
      let caught: unknown = 'nothing';
      try {
        traced('bad', () => {
          throw thrown;
        });
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
      expect(exporter.getFinishedSpans()[0]?.status.code).toBe(2);
    },
  );

  test('may end its span itself', () => {
    traced('early', (span) => span.end());
    expect(ended()).toEqual(['early']);
  });
});

describe('an async function', () => {
  test('is over when its promise settles, and has its span after each await', async () => {
    const result = traced('outer', async (span) => {
      await pause();
      expect(currentSpan()).toBe(span);
      return traced('inner', async () => 'value');
    });
    expect(ended()).toEqual([]);
    expect(await result).toBe('value');
    expect(ended()).toEqual(['inner < outer', 'outer']);
  });

  test('rejects with what it rejects with', async () => {
    const error = new RangeError('late');
    await expect(traced('bad', () => Promise.reject(error))).rejects.toBe(error);
    expect(ended()).toEqual(['bad < late']);
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes['error.type']).toBe('RangeError');
    expect(span?.events[0]?.attributes?.['exception.stacktrace']).toContain('traced.test.ts');
  });

  test('does not mix with others at the same time', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        traced(`outer ${n}`, async () => {
          await pause();
          await traced(`inner ${n}`, pause);
        }),
      ),
    );
    const inner = ended().filter((line) => line.startsWith('inner'));
    expect(inner.sort()).toEqual(Array.from({ length: 50 }, (_, n) => `inner ${n} < outer ${n}`).sort());
  });
});

test('a query that runs when it is awaited runs once, inside the span', async () => {
  let runs = 0;
  const query = {
    // biome-ignore lint/suspicious/noThenProperty: query builders are made like this
    then: (resolve: (rows: string[]) => void) => {
      runs += 1;
      traced('execute', () => {});
      resolve(['row']);
    },
  } as PromiseLike<string[]>;
  const rows = traced('query', () => query);
  expect(rows).toBeInstanceOf(Promise);
  expect(await rows).toEqual(['row']);
  expect(await rows).toEqual(['row']);
  expect(runs).toBe(1);
  expect(ended()).toEqual(['execute < query', 'query']);
});

describe('a generator', () => {
  test('is in its span at each step, until it is through', () => {
    const numbers = traced('count', function* () {
      yield 1;
      traced('inner', () => {});
      yield 2;
    });
    expect(ended()).toEqual([]);
    expect([...numbers]).toEqual([1, 2]);
    expect(ended()).toEqual(['inner < count', 'count']);
  });

  test('is over when it is left', () => {
    for (const n of traced('count', function* () {
      yield 1;
      yield 2;
    }))
      if (n === 1) break;
    expect(ended()).toEqual(['count']);
  });

  test('may be async, and fail', async () => {
    const steps = traced('stream', async function* () {
      await pause();
      yield 1;
      await traced('inner', pause);
      throw new Error('broken');
    });
    await expect(
      (async () => {
        for await (const step of steps) expect(step).toBe(1);
      })(),
    ).rejects.toThrow('broken');
    expect(ended()).toEqual(['inner < stream', 'stream < broken']);
  });
});

describe('the root span', () => {
  test('is the server span of the request, as the HTTP instrumentation leaves it', () => {
    const server = trace.getTracer('http').startSpan('GET');
    const inRequest = setRPCMetadata(trace.setSpan(context.active(), server), { type: RPCType.HTTP, span: server });
    context.with(inRequest, () => traced('inner', () => expect(rootSpan()).toBe(server)));
  });

  test('is the first span of a job', () => {
    traced('job', (job) => traced('step', () => traced('detail', () => expect(rootSpan()).toBe(job))));
  });

  test('is offered to Astro pages with the current one, unless the app has a `trace` of its own', () => {
    const locals = {} as TracedLocals;
    offerTrace(locals);
    traced('job', (job) =>
      traced('page', (page) => {
        expect(locals.trace.current).toBe(page);
        expect(locals.trace.root).toBe(job);
      }),
    );
    const own = { trace: 'mine' };
    offerTrace(own);
    expect(own.trace).toBe('mine');
  });
});

describe('without the preload', () => {
  beforeAll(() => openTracing(undefined));
  afterAll(() => acceptSpans());

  test('functions run, and spans take everything', async () => {
    expect(traced('sum', (span) => span.setAttribute('a', 1).isRecording())).toBe(false);
    expect(await traced('async', async () => 3)).toBe(3);
    currentSpan().addEvent('seen').updateName('other').end();
    expect(rootSpan().spanContext().traceId).toMatch(/^0+$/);
  });

  test('a promise is the very same, other thenables become one, as they do with it', async () => {
    const promise = Promise.resolve(1);
    expect(traced('promise', () => promise)).toBe(promise);
    // biome-ignore lint/suspicious/noThenProperty: query builders are made like this
    const query = { then: (resolve: (value: number) => void) => resolve(2) } as PromiseLike<number>;
    expect(await traced('query', () => query).finally(() => {})).toBe(2);
  });
});
