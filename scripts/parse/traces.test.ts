import { describe, expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { toJaegerAnswer } from '../../test/traces/otlp.ts';
import { parseTraces } from './traces.ts';

const start = 1_790_000_000_000_000;
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const jaegerSpan = {
  traceID: traceId,
  spanID: 'a1',
  operationName: 'GET',
  references: [],
  startTime: start,
  duration: 36_000,
  processID: 'p1',
};
const jaeger = (...spans: object[]) => ({
  data: [{ traceID: traceId, spans, processes: { p1: { serviceName: 'web', tags: [] } } }],
});
const zipkinSpan = {
  traceId,
  id: 'a1',
  name: 'get',
  timestamp: start,
  duration: 36_000,
  localEndpoint: { serviceName: 'web' },
};

const formats: Record<string, unknown> = {
  'OTLP JSON': JSON.parse(toJaegerAnswer(draw('web/GET ├┤'))),
  'OTLP JSON of Tempo': { batches: JSON.parse(toJaegerAnswer(draw('web/GET ├┤'))).result.resourceSpans },
  'Jaeger, an answer of the API or a download of the UI': jaeger(jaegerSpan),
  'Jaeger, one trace alone': jaeger(jaegerSpan).data[0],
  'Zipkin, a list of spans': [zipkinSpan],
  'Zipkin, a list of traces': [[zipkinSpan], [{ ...zipkinSpan, traceId: 'ab' }]],
};

test.each(Object.entries(formats))('%s is told from the text', (_, document) => {
  const { traces, warnings } = parseTraces(JSON.stringify(document));
  expect(traces[0]).toMatchObject({ traceId, spans: [{ service: 'web', parentId: null }] });
  expect(warnings).toEqual([]);
});

test('one file may hold all of them, a line each, and a trace be spread over lines', () => {
  const text = Object.values(formats)
    .map((document) => JSON.stringify(document))
    .join('\r\n');
  expect(parseTraces(text).traces.map((trace) => trace.traceId)).toEqual([traceId, `${'0'.repeat(30)}ab`]);
});

test('a byte order mark in front is no matter', () => {
  expect(parseTraces(`\ufeff${JSON.stringify([zipkinSpan], null, 2)}`)).toMatchObject({ traces: [{}], warnings: [] });
});

test('none of them: what was expected and what was got', () => {
  expect(parseTraces('{"a":1}').warnings[0]?.message).toBe(
    'expected traces as OTLP JSON, Jaeger JSON or Zipkin v2 JSON, got an object with "a"',
  );
});

test.each(['{"data":[],"errors":null}', '{"resourceSpans":[]}', '[]'])('a file without a span says so: %s', (text) => {
  expect(parseTraces(text)).toMatchObject({ traces: [], warnings: [{ code: 'no-spans' }] });
});

describe('times in another unit than the format has', () => {
  const otlpSpan = (startTime: number, endTime: number) => ({
    resourceSpans: [
      {
        scopeSpans: [
          { spans: [{ traceId, spanId: 'a1', name: 'GET', startTimeUnixNano: startTime, endTimeUnixNano: endTime }] },
        ],
      },
    ],
  });
  test.each<[string, object]>([
    ['ms for µs', jaeger({ ...jaegerSpan, startTime: start / 1000, duration: 36 })],
    ['ns for µs', [{ ...zipkinSpan, timestamp: start * 1000, duration: 36_000_000 }]],
    ['µs for ns', otlpSpan(start, start + 36_000)],
    ['ms for ns', otlpSpan(start / 1000, start / 1000 + 36)],
    ['s for ns', otlpSpan(start / 1e6, start / 1e6)],
  ])('%s', (name, document) => {
    const { traces, warnings } = parseTraces(JSON.stringify(document));
    expect(traces[0]?.epochNs).toBe(1_790_000_000_000_000_000n);
    expect(traces[0]?.spans[0]?.end).toBe(name.startsWith('s ') ? 0 : 36_000_000);
    expect(warnings).toMatchObject([{ code: 'wrong-unit', message: expect.stringMatching(/too (small|large)/) }]);
  });

  test('one service of two: only its spans are corrected', () => {
    const wrong = { ...zipkinSpan, id: 'a2', timestamp: start / 1000 + 4, duration: 20 };
    const { traces, warnings } = parseTraces(
      JSON.stringify([zipkinSpan, { ...wrong, localEndpoint: { serviceName: 'old' } }]),
    );
    expect(traces[0]?.spans.map((span) => [span.start, span.end])).toEqual([
      [0, 36_000_000],
      [4_000_000, 24_000_000],
    ]);
    expect(warnings[0]?.message).toMatch(/^the times of old are in the wrong unit, 1000 times too small/);
  });

  test('a trace that counts from zero is none of it', () => {
    const spans = [
      { ...zipkinSpan, timestamp: 0 },
      { ...zipkinSpan, id: 'a2', timestamp: 700_000_000 },
      { ...zipkinSpan, id: 'a3', timestamp: 5 },
    ];
    const { traces, warnings } = parseTraces(JSON.stringify(spans));
    expect(traces[0]?.spans.map((span) => span.start)).toEqual([0, 700_000_000_000, 5000]);
    expect(warnings).toEqual([]);
  });
});
