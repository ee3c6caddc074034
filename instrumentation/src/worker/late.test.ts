import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test, vi } from 'vitest';
import { latePropagator, lateTracerProvider } from './late.ts';

test('the SDK is loaded with the first span, once, and makes it as if it had always been there', () => {
  const exporter = new InMemorySpanExporter();
  const load = vi.fn(() => new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  const provider = lateTracerProvider(load);
  const tracer = provider.getTracer('app', '1.2.3');
  expect(load).not.toHaveBeenCalled();

  tracer.startSpan('first', { attributes: { n: 1 } }, ROOT_CONTEXT).end();
  const result = tracer.startActiveSpan('second', { attributes: { n: 2 } }, (span) => {
    span.end();
    return 'what the function returns';
  });
  provider.getTracer('other').startSpan('third').end();

  expect(result).toBe('what the function returns');
  expect(load).toHaveBeenCalledTimes(1);
  expect(
    exporter.getFinishedSpans().map((span) => [span.name, span.attributes, span.instrumentationScope.name]),
  ).toEqual([
    ['first', { n: 1 }, 'app'],
    ['second', { n: 2 }, 'app'],
    ['third', {}, 'other'],
  ]);
});

test('so is the propagator, with the first call to another server', () => {
  const load = vi.fn(() => new W3CTraceContextPropagator());
  const propagator = latePropagator(['traceparent', 'tracestate'], load);
  expect(propagator.fields()).toEqual(new W3CTraceContextPropagator().fields());
  expect(load).not.toHaveBeenCalled();

  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const at = propagator.extract(ROOT_CONTEXT, { traceparent: parent }, defaultTextMapGetter);
  const headers = {};
  propagator.inject(at, headers, defaultTextMapSetter);
  expect(trace.getSpanContext(at)?.spanId).toBe('b7ad6b7169203331');
  expect(headers).toEqual({ traceparent: parent });
  expect(load).toHaveBeenCalledTimes(1);
});
