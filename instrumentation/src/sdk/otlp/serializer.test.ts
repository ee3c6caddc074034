import { createRequire } from 'node:module';
import { createTraceState } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { encodeSpans, serializeSpans } from './serializer.ts';

const { ProtobufTraceSerializer } = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/sdk-node'))(
  '@opentelemetry/otlp-transformer',
) as { ProtobufTraceSerializer: { serializeRequest(spans: readonly ReadableSpan[]): Uint8Array } };

/** What opentelemetry-proto says of traces. */
const Request = protobuf
  .parse(
    `syntax = "proto3";
    message AnyValue { oneof value { string s = 1; bool b = 2; int64 i = 3; double d = 4; Array a = 5; KeyValues k = 6; bytes y = 7; } }
    message Array { repeated AnyValue values = 1; }
    message KeyValues { repeated KeyValue values = 1; }
    message KeyValue { string key = 1; AnyValue value = 2; }
    message Resource { repeated KeyValue attributes = 1; uint32 dropped = 2; }
    message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped = 4; }
    message Event { fixed64 time = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped = 4; }
    message Link { bytes trace = 1; bytes span = 2; string state = 3; repeated KeyValue attributes = 4; uint32 dropped = 5; fixed32 flags = 6; }
    message Status { string message = 2; int32 code = 3; }
    message Span {
      bytes trace = 1; bytes span = 2; string state = 3; bytes parent = 4; string name = 5; int32 kind = 6; fixed64 start = 7; fixed64 end = 8;
      repeated KeyValue attributes = 9; uint32 droppedAttributes = 10; repeated Event events = 11; uint32 droppedEvents = 12;
      repeated Link links = 13; uint32 droppedLinks = 14; Status status = 15; fixed32 flags = 16;
    }
    message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema = 3; }
    message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopes = 2; string schema = 3; }
    message Request { repeated ResourceSpans resources = 1; }`,
  )
  .root.lookupType('Request');
interface Decoded {
  resources: { scopes: { spans: { status: object | null }[] }[] }[];
}

/** Fields that are not there have their default; of a span without a status opentelemetry-proto says that it is unset. */
function decoded(bytes: Uint8Array): Decoded {
  const request = Request.toObject(Request.decode(bytes), { longs: String, bytes: String, defaults: true }) as Decoded;
  for (const { scopes } of request.resources)
    for (const { spans } of scopes) for (const span of spans) span.status ??= { message: '', code: 0 };
  return request;
}

function expectUpstreams(spans: readonly ReadableSpan[]): void {
  expect(decoded(serializeSpans(spans))).toEqual(decoded(ProtobufTraceSerializer.serializeRequest(spans)));
}

const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: digits, maxLength: digits });
const text = fc.string({ unit: 'binary', maxLength: 300 });
const value = fc.oneof(
  text,
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.array(fc.oneof(text, fc.integer())),
  fc.uint8Array(),
  fc.dictionary(text, fc.oneof(text, fc.double()), { maxKeys: 3 }),
  fc.constant(undefined),
);
const attributes = fc.dictionary(text, value, { maxKeys: 6 });
const time = fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 999_999_999 }));
const traceState = fc.constantFrom(undefined, createTraceState('onetrace=force,other=1'));
const context = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.nat(255),
  isRemote: fc.boolean(),
  traceState,
});
const dropped = fc.nat(100_000);
const resources = [
  { attributes: { 'service.name': 'a', 'process.pid': 7 }, schemaUrl: 'https://opentelemetry.io/schemas/1.0.0' },
  { attributes: {} },
];
const scopes = [{ name: 'plain' }, { name: 'versioned', version: '1.2.3', schemaUrl: 'urn:x' }];
const span = fc
  .record({
    context,
    parentSpanContext: fc.option(context, { nil: undefined }),
    name: text,
    kind: fc.nat(4),
    startTime: time,
    endTime: time,
    status: fc.record({ code: fc.nat(2), message: fc.option(text, { nil: undefined }) }),
    attributes,
    events: fc.array(
      fc.record({
        name: text,
        time,
        attributes: fc.option(attributes, { nil: undefined }),
        droppedAttributesCount: dropped,
      }),
      { maxLength: 3 },
    ),
    links: fc.array(fc.record({ context, attributes: fc.option(attributes, { nil: undefined }) }), { maxLength: 2 }),
    resource: fc.constantFrom(...resources),
    instrumentationScope: fc.constantFrom(...scopes),
    droppedAttributesCount: dropped,
    droppedEventsCount: dropped,
    droppedLinksCount: dropped,
  })
  .map(({ context: own, ...rest }) => ({ ...rest, spanContext: () => own }) as unknown as ReadableSpan);

/** Few texts, ids and numbers, so that spans have them in common, as those of one trace do. */
const word = fc.constantFrom(
  '',
  'a',
  'astro.component.name',
  'ä',
  '\ud800',
  'x'.repeat(60),
  '字'.repeat(60),
  'y'.repeat(127),
);
const repetitive = fc
  .record({
    span,
    traceId: fc.constantFrom('0123456789abcdef'.repeat(2), 'fedcba9876543210'.repeat(2)),
    spanId: fc.constantFrom('0123456789abcdef', 'fedcba9876543210'),
    parentId: fc.constantFrom(undefined, '0123456789abcdef', 'fedcba9876543210'),
    name: word,
    attributes: fc.dictionary(word, fc.oneof(word, fc.nat(1), fc.boolean(), fc.array(word)), { maxKeys: 6 }),
  })
  .map(({ span, traceId, spanId, parentId, name, attributes }) => ({
    ...span,
    name,
    attributes,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    parentSpanContext: parentId && { traceId, spanId: parentId, traceFlags: 1 },
  })) as fc.Arbitrary<ReadableSpan>;

test('spans that have much in common', () => {
  fc.assert(
    fc.property(fc.array(repetitive, { maxLength: 12 }), (spans) => {
      expectUpstreams(spans);
    }),
    { numRuns: 300 },
  );
});

test('a trace goes on after a text of many megabytes', () => {
  const [first, ...others] = fc.sample(repetitive, 8) as [ReadableSpan, ...ReadableSpan[]];
  const { traceId } = first.spanContext();
  const same = others.map((span) => ({ ...span, spanContext: () => ({ ...span.spanContext(), traceId }) }));
  const large = { ...first, attributes: { a: 'a', large: 'x'.repeat(3_000_000), b: 'a' } };
  expectUpstreams([first, large, ...same] as ReadableSpan[]);
});

test('what attributes inherit is not theirs', () => {
  const [sample] = fc.sample(span, 1);
  const attributes = Object.assign(Object.create({ inherited: 1 }), { own: 2 });
  expectUpstreams([{ ...sample, attributes } as ReadableSpan]);
});

test('says what the serializer of the SDK says, whatever the spans', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
      expectUpstreams(spans);
    }),
    { numRuns: 300 },
  );
});

test('says the same when some spans were written before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(span, fc.nat(2))), (spans) => {
      const all = spans.map(([one]) => one);
      const batches = [0, 1].map((batch) =>
        encodeSpans(spans.filter(([, when]) => when === batch).map(([one]) => one)),
      );
      const mixed = spans.map(([one, when]) => batches[when]?.shift() ?? one);
      expect(decoded(serializeSpans(mixed as never))).toEqual(decoded(serializeSpans(all)));
    }),
    { numRuns: 300 },
  );
});

test('whole numbers up to the ends of int64', () => {
  const numbers = [
    0,
    -0,
    1,
    -1,
    127,
    128,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53,
    -(2 ** 53),
    2 ** 62,
    -(2 ** 63),
    2 ** 63,
    1e300,
    0.1,
  ];
  const [sample] = fc.sample(span, 1);
  const spans = [
    { ...sample, attributes: { numbers, ...Object.fromEntries(numbers.map((number, index) => [`${index}`, number])) } },
  ] as unknown as ReadableSpan[];
  expectUpstreams(spans);
});

test('a text of many megabytes, and what comes after it', () => {
  const [sample] = fc.sample(span, 1);
  const large = { ...sample, name: 'ä'.repeat(3_000_000) } as ReadableSpan;
  const spans = [large, ...fc.sample(span, 3)];
  expectUpstreams(spans);
});
