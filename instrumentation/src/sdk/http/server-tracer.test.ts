import { createRequire } from 'node:module';
import type { Context, MeterProvider, Span, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, Sampler, SpanProcessor, TracerProviderOptions } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { type PreciseClock, processClock } from '../../spans/clock.ts';
import { DEFAULT_SPAN_LIMITS, limitSpans } from '../../spans/limits.ts';
import { api, core } from '../api.ts';
import { spanMakingOf } from '../internals.ts';
import { PreciseStart } from '../precise-start.ts';
import type { Incoming } from './attributes.ts';
import { ServerSpan } from './own-server-span.ts';
import { serverTracers } from './server-tracer.ts';

const require = createRequire(import.meta.url);
const { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } =
  require('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');

const SCOPE = 'test';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const REQUEST: Incoming = {
  method: 'POST',
  url: '/icons?q=home',
  headers: { host: 'icons.example', 'user-agent': 'test' },
  httpVersion: '1.1',
  socket: { remoteAddress: '192.0.2.1', remotePort: 4711 },
};

afterEach(() => {
  limitSpans(DEFAULT_SPAN_LIMITS);
  api.trace.disable();
});

/** Our own tracer, and the SDK's behind the API, of one and the same provider. */
function tracersOf(options: TracerProviderOptions) {
  const provider = new TracerProvider(options);
  api.trace.disable();
  api.trace.setGlobalTracerProvider(provider);
  const making = spanMakingOf({ _tracerProvider: provider } as never);
  return { ours: serverTracers(making)(SCOPE), theirs: serverTracers(undefined)(SCOPE), making };
}

/** Asked what it decides; and whatever it is asked is written down. */
class Asked implements Sampler {
  readonly log: unknown[] = [];
  readonly #sampler: Sampler;

  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  shouldSample(...asked: Parameters<Sampler['shouldSample']>) {
    const [at, traceId, name, kind, attributes, links] = asked;
    this.log.push([at, traceId.length, name, kind, { ...attributes }, links]);
    return this.#sampler.shouldSample(...asked);
  }
}

function watching(log: unknown[], name: string): SpanProcessor {
  const note = (what: string, span: ReadableSpan & Partial<Span>, ...more: unknown[]) =>
    log.push([name, what, span.name, span.ended, span.isRecording?.(), span.status.code, ...more]);
  return {
    onStart: (span, at) => note('start', span, at),
    ...(name === 'b' && { onEnding: (span: Span & ReadableSpan) => note('ending', span.setStatus({ code: 1 })) }),
    onEnd: (span) => note('end', span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

function drawn(span: Span & Partial<ReadableSpan>, parent: SpanContext | undefined) {
  const { name, kind, attributes, droppedAttributesCount, status, events, links, parentSpanContext, resource } = span;
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  return {
    ...{ name, kind, attributes, droppedAttributesCount, status, events, links, parentSpanContext, resource },
    ...{ recording: span.isRecording(), ended: span.ended, duration: span.duration, traceFlags },
    scope: span.instrumentationScope?.name,
    traceState: traceState?.serialize(),
    sameTrace: traceId === parent?.traceId,
    ids: [api.isValidTraceId(traceId), api.isValidSpanId(spanId), spanId === parent?.spanId],
  };
}

const state = (text: string) => api.createTraceState(text);
const parent: fc.Arbitrary<SpanContext | undefined> = fc.option(
  fc.record({
    traceId: fc.constantFrom(TRACE, 'ffffffffffffffffffffffffffffffff', '0'.repeat(32), 'none'),
    spanId: fc.constantFrom('00f067aa0ba902b7', '0'.repeat(16)),
    traceFlags: fc.constantFrom(0, 1, 3),
    isRemote: fc.boolean(),
    traceState: fc.constantFrom(state('onetrace=force'), state('')),
  }),
  { nil: undefined },
);
const own = fc
  .record({
    decision: fc.constantFrom(0, 1, 2),
    attributes: fc.constantFrom(
      undefined,
      {},
      { 'sampler.ratio': 0.5, 'url.path': 'overruled', 'network.peer.address': 'a text that is long' },
    ),
    traceState: fc.constantFrom(undefined, state('sampled=1')),
  })
  .map((result): Sampler => ({ shouldSample: () => result as never }));
const root = fc.oneof(
  fc.constantFrom<Sampler>(new AlwaysOnSampler(), new AlwaysOffSampler()),
  fc.constantFrom(0, 1).map((ratio) => new TraceIdRatioBasedSampler(ratio)),
  own,
);
const sampler = fc.oneof(
  root,
  root.map((root) => new ParentBasedSampler({ root })),
);
const limits = fc.record({
  attributeCountLimit: fc.constantFrom(0, 1, 5, 128),
  attributeValueLengthLimit: fc.constantFrom(4, Number.POSITIVE_INFINITY),
});

test('a span starts and ends as the SDK’s, whoever samples it, whatever it is part of', () => {
  fc.assert(
    fc.property(sampler, parent, limits, fc.boolean(), (sampler, parent, limits, suppressed) => {
      const spanLimits = { ...DEFAULT_SPAN_LIMITS, ...limits };
      limitSpans(spanLimits);
      const log: unknown[] = [];
      const asked = new Asked(sampler);
      const spanProcessors = [watching(log, 'a'), watching(log, 'b')];
      const { ours, theirs } = tracersOf({ sampler: asked, spanLimits, spanProcessors });
      let at: Context = api.ROOT_CONTEXT;
      if (parent !== undefined) at = api.trace.setSpanContext(at, parent);
      if (suppressed) at = core.suppressTracing(at);
      const [own, other] = [ours, theirs].map((tracer) => {
        const span = tracer.startSpan(REQUEST, 'http', at);
        const open = drawn(span, parent);
        span.setAttribute('more', 1).end(Date.now() + 60_000);
        return {
          span,
          open,
          closed: { ...drawn(span, parent), duration: 'later' },
          log: log.splice(0),
          asked: asked.log.splice(0),
        };
      });
      expect({ ...own, span: 0 }).toEqual({ ...other, span: 0 });
      expect(own?.span instanceof ServerSpan).toBe(own?.open.recording);
      if (own?.open.recording) expect(own.log).toHaveLength(5);
    }),
    { numRuns: 1000 },
  );
});

function started(...spanProcessors: SpanProcessor[]): Span & ReadableSpan {
  const span = tracersOf({ spanProcessors }).ours.startSpan(REQUEST, 'http', api.ROOT_CONTEXT);
  return span as Span & ReadableSpan;
}

const micros = ([seconds, nanoseconds]: [number, number]) => seconds * 1e6 + nanoseconds / 1e3;

test('its times are precise to the microsecond', () => {
  for (let i = 0; i < 100; i++) {
    const before = performance.now();
    const span = started();
    span.end();
    const after = performance.now();
    const epoch = processClock.known;
    const times = [(epoch + before) * 1e3, micros(span.startTime), micros(span.endTime), (epoch + after) * 1e3];
    // A quarter of a microsecond is as fine as a double tells the time of today.
    for (const [n, time] of times.entries()) expect(time).toBeGreaterThanOrEqual((times[n - 1] ?? 0) - 0.5);
    expect(micros(span.duration)).toBeCloseTo(micros(span.endTime) - micros(span.startTime), 0);
  }
});

test('its start needs no mending', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { startTime } = started(new PreciseStart({ offset: () => 0 } as PreciseClock));
  expect(Math.abs(micros(startTime) / 1e3 - Date.now())).toBeLessThan(5000);
  expect(stderr).not.toHaveBeenCalled();
  stderr.mockRestore();
});

test('its end may be stated, by the clock of the page as well, and is no sooner than its start', () => {
  const epochMs = Date.now() + 5000;
  const ends = [epochMs, new Date(epochMs), [2_000_000_000, 5] as [number, number], [1, 2] as [number, number]].map(
    (time) => {
      const span = started();
      span.end(time);
      return span;
    },
  );
  const [asNumber, asDate, asPair, tooSoon] = ends;
  const hr = [Math.floor(epochMs / 1000), (epochMs % 1000) * 1e6];
  expect([asNumber?.endTime, asDate?.endTime, asPair?.endTime]).toEqual([hr, hr, [2_000_000_000, 5]]);
  expect([tooSoon?.endTime, tooSoon?.duration]).toEqual([tooSoon?.startTime, [0, 0]]);

  const span = started();
  const reading = performance.now();
  span.end(reading);
  expect(Math.abs(micros(span.endTime) - (processClock.known + reading) * 1e3)).toBeLessThan(1);
});

test('what has ended is left as it is', () => {
  const log: unknown[] = [];
  const span = started(watching(log, 'a'));
  span.end();
  const { endTime } = span;
  span.end(Date.now() + 60_000);
  span.setAttribute('late', 1).addEvent('late').addLink({ context: span.spanContext() }).updateName('late');
  span.setStatus({ code: 2 }).recordException('late');
  expect(span).toMatchObject({ name: 'POST', endTime, events: [], links: [], status: { code: 0 } });
  expect(span.attributes).not.toHaveProperty('late');
  expect(log).toHaveLength(2);
});

test('processors that join later are told as well', () => {
  const log: unknown[] = [];
  const processors: SpanProcessor[] = [];
  const { ours } = tracersOf({ spanProcessors: processors });
  const open = ours.startSpan(REQUEST, 'http', api.ROOT_CONTEXT);
  processors.push(watching(log, 'late'));
  open.end();
  expect(log).toEqual([['late', 'end', 'POST', true, false, 0]]);
});

test('the SDK’s own metrics count it, where somebody has asked for them', () => {
  const log: unknown[] = [];
  const counter = (name: string) => ({ add: (...added: unknown[]) => log.push([name, ...added]) });
  const meterProvider = {
    getMeter: () => ({ createCounter: counter, createUpDownCounter: counter }),
  } as unknown as MeterProvider;
  const counted = [0, 1, 2].flatMap((decision) => {
    const { ours, theirs } = tracersOf({ meterProvider, sampler: { shouldSample: () => ({ decision }) } });
    return [ours, theirs].map((tracer) => {
      tracer.startSpan(REQUEST, 'http', api.ROOT_CONTEXT).end();
      return log.splice(0);
    });
  });
  expect([counted[0], counted[2], counted[4]]).toEqual([counted[1], counted[3], counted[5]]);
  expect(counted.map(({ length }) => length)).toEqual([1, 1, 3, 3, 3, 3]);
  expect(tracersOf({}).making).toMatchObject({ counts: undefined });
});

test('an SDK of another shape makes the spans itself, with one line', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  for (const provider of [{}, { getTracer: () => ({}) }])
    expect(spanMakingOf({ _tracerProvider: provider } as never)).toBeUndefined();
  const line = expect.stringMatching(/it makes the server spans/);
  expect(stderr.mock.calls).toEqual([[line], [line]]);
  // Without an exporter there is nothing to make.
  expect(spanMakingOf({} as never)).toBeUndefined();
  expect(stderr).toHaveBeenCalledTimes(2);
  stderr.mockRestore();
});
