import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../test/traces/arbitrary.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import { toJaegerAnswer, toLines } from '../../test/traces/otlp.ts';
import { parseOtlp } from './otlp.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const good = {
  traceId,
  spanId: '00f067aa0ba902b7',
  name: 'GET',
  kind: 2,
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000000036000000',
};

/** One document with these spans, as a Collector would write it. */
function otlp(...spans: unknown[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'nginx' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'nginx' }, spans }] }] });
}

/** The only span of the only trace, with what was said about it. */
function parseOne(span: object) {
  const { traces, warnings } = parseOtlp(otlp({ ...good, ...span }));
  return { span: traces[0]?.spans[0], warnings: warnings.map(({ message }) => message) };
}

describe('shapes', () => {
  test.each([
    ["Jaeger's answer", toJaegerAnswer],
    ['one document a line', toLines],
  ])('%s', (_, write) => {
    const trace = firstUserTrace();
    expect(parseOtlp(write(trace))).toEqual({ traces: [trace], warnings: [] });
  });

  test('several traces in one file', () => {
    const other = { ...good, traceId: 'ff'.repeat(16) };
    expect(parseOtlp(otlp(good, other)).traces.map((trace) => trace.traceId)).toEqual([traceId, 'ff'.repeat(16)]);
  });

  test('what was written is read again, whatever the spans', () => {
    fc.assert(
      fc.property(anyTrace(), (trace) => {
        const [read] = parseOtlp(toJaegerAnswer(trace)).traces;
        const start = Number((read?.epochNs ?? 0n) - trace.epochNs);
        expect(read?.spans.map((span) => ({ ...span, start: span.start + start, end: span.end + start }))).toEqual(
          trace.spans,
        );
      }),
    );
  });
});

describe('spellings', () => {
  test.each([
    ['upper case', 'ABCDEF0123456789'],
    ['base64', 'q83vASNFZ4k='],
  ])('ids in %s', (_, spanId) => {
    expect(parseOne({ spanId }).span?.spanId).toBe('abcdef0123456789');
  });

  test.each([2, '2', 'SPAN_KIND_SERVER', 'server'])('kind %o', (kind) => {
    expect(parseOne({ kind }).span?.kind).toBe('server');
  });

  test.each([2, 'STATUS_CODE_ERROR'])('status %o', (code) => {
    expect(parseOne({ status: { code, message: 'no' } }).span?.status).toEqual({ code: 'error', message: 'no' });
  });

  test('times as numbers lose digits but not their place', () => {
    const { span } = parseOne({
      startTimeUnixNano: 1_790_000_000_000_000_000,
      endTimeUnixNano: 1_790_000_000_036_000_000,
    });
    expect(span?.end).toBeCloseTo(36_000_000, -3);
  });

  test.each(['', '0000000000000000', null, undefined])('no parent: %o', (parentSpanId) => {
    expect(parseOne({ parentSpanId })).toMatchObject({ span: { parentId: null }, warnings: [] });
  });

  test('every type of attribute', () => {
    const values = {
      text: { stringValue: 'a' },
      yes: { boolValue: true },
      int: { intValue: '42' },
      large: { intValue: '9223372036854775807' },
      double: { doubleValue: 0.5 },
      nan: { doubleValue: 'NaN' },
      list: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: 1 }] } },
      map: { kvlistValue: { values: [{ key: 'k', value: { boolValue: false } }] } },
      bytes: { bytesValue: 'AAE=' },
      empty: {},
      ['__proto__']: { stringValue: 'a key like any other' },
    };
    const attributes = Object.entries(values).map(([key, value]) => ({ key, value }));
    expect(parseOne({ attributes }).span?.attributes).toEqual({
      text: 'a',
      yes: true,
      int: 42,
      large: '9223372036854775807',
      double: 0.5,
      nan: 'NaN',
      list: ['a', 1],
      map: { k: false },
      bytes: 'AAE=',
      empty: null,
      ['__proto__']: 'a key like any other',
    });
  });
});

describe('what cannot be read becomes a warning that says expected and got', () => {
  test.each<[string, string, string]>([
    ['an empty text', ' \n', 'expected OTLP JSON, got an empty text'],
    ['no JSON', '<html>', 'expected OTLP JSON, got "<html>": '],
    ['a truncated document', otlp(good).slice(0, -5), 'expected OTLP JSON, got '],
    ['another document', '{"data":[]}', 'expected an object with resourceSpans, got an object with "data"'],
    [
      "Jaeger's error",
      '{"error":{"httpCode":404,"message":"No traces found"}}',
      'expected a trace, got an error: "No traces found"',
    ],
    ['a list in the wrong place', '{"resourceSpans":{}}', 'resourceSpans: expected a list, got an object'],
    ['a span that is none', otlp(7), 'spans: expected an object, got "7"'],
    [
      'an id of zeros',
      otlp({ ...good, spanId: '0'.repeat(16) }),
      'spanId: expected 16 hex digits, not all zero, got "0000000000000000"',
    ],
    [
      'no trace id',
      otlp({ ...good, traceId: undefined }),
      'traceId: expected 32 hex digits, not all zero, got nothing',
    ],
    [
      'a parent of nginx without one',
      otlp({ ...good, parentSpanId: '-' }),
      'parentSpanId: expected 16 hex digits or nothing, got "-"',
    ],
    ['a kind of its own', otlp({ ...good, kind: 99 }), 'kind: expected 0 to 5 or its name, got "99"'],
    ['no start', otlp({ ...good, startTimeUnixNano: 'now' }), '"GET": expected a start time, got none'],
    [
      'an end before the start',
      otlp({ ...good, endTimeUnixNano: '1' }),
      '"GET": expected an end time, got one before its start',
    ],
  ])('%s', (_, text, expected) => {
    expect(
      parseOtlp(text)
        .warnings.map(({ message }) => message)
        .join('\n'),
    ).toContain(expected);
  });

  test('a bad line does not take the good ones with it', () => {
    const { traces, warnings } = parseOtlp(`${otlp(good)}\n{"resourceSpans":[{\n${otlp({ ...good, spanId: 'ab' })}`);
    expect(traces[0]?.spans).toHaveLength(2);
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'bad-line', message: expect.stringContaining('line 2') }),
    ]);
  });

  test('the same trouble a thousand times is one warning', () => {
    const spans = Array.from({ length: 1000 }, () => ({ ...good, spanId: 'no' }));
    expect(parseOtlp(otlp(...spans)).warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('(and 999 more like it)'),
    ]);
  });

  test('a start that lies decades from the others does not stretch the trace', () => {
    const { traces, warnings } = parseOtlp(
      otlp({ ...good, spanId: 'a1', startTimeUnixNano: '0' }, good, { ...good, spanId: 'a2' }),
    );
    expect(traces[0]?.spans.map(({ start, end }) => [start, end])).toEqual([
      [36_000_000, 36_000_000],
      [0, 36_000_000],
      [0, 36_000_000],
    ]);
    expect(warnings).toEqual([expect.objectContaining({ code: 'bad-start', spanIds: ['00000000000000a1'] })]);
  });

  test('a span that came twice is one span; two spans of one id are two', () => {
    const { traces, warnings } = parseOtlp(otlp(good, good, { ...good, name: 'POST' }));
    expect(traces[0]?.spans.map(({ spanId, name }) => `${spanId} ${name}`)).toEqual([
      '00f067aa0ba902b7 GET',
      '00f067aa0ba902b7#2 POST',
    ]);
    expect(warnings.map(({ code }) => code)).toEqual(['duplicate-span', 'duplicate-id']);
  });

  test('attributes nested without an end', () => {
    const depth = 100_000;
    const value = `${'{"kvlistValue":{"values":[{"key":"k","value":'.repeat(depth)}{"intValue":1}${'}]}}'.repeat(depth)}`;
    const text = otlp({ ...good, attributes: [] }).replace(
      '"attributes":[]}',
      `"attributes":[{"key":"deep","value":${value}}]}`,
    );
    expect(JSON.stringify(parseOtlp(text).traces[0]?.spans[0]?.attributes)).toContain('…');
  });

  test('whatever the text, an answer', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ resourceSpans: value })),
        ),
        (text) => {
          expect(parseOtlp(text)).toHaveProperty('warnings');
        },
      ),
    );
  });

  test('whatever stands in a field, an answer', () => {
    const field = fc.constantFrom(
      'spanId',
      'parentSpanId',
      'name',
      'kind',
      'startTimeUnixNano',
      'endTimeUnixNano',
      'attributes',
      'events',
      'links',
      'status',
      'traceState',
    );
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        expect(parseOtlp(otlp({ ...good, [name]: value }))).toHaveProperty('warnings');
      }),
    );
  });
});
