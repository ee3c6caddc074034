import { createRequire } from 'node:module';
import { createTraceState } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DecodedRequest, decoded, spansOf } from '../../../test/support/otlp-request.ts';
import { Batch } from './batch.ts';

const { ProtobufTraceSerializer } = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/sdk-node'))(
  '@opentelemetry/otlp-transformer',
) as { ProtobufTraceSerializer: { serializeRequest(spans: readonly ReadableSpan[]): Uint8Array } };

/** The same whatever the order of resources and scopes. */
function sorted({ resources }: DecodedRequest): DecodedRequest {
  const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return {
    resources: resources
      .map(({ scopes, ...rest }) => ({
        ...rest,
        scopes: scopes.toSorted((a, b) => byText(a.scope, b.scope)),
      }))
      .toSorted((a, b) => byText(a.resource, b.resource)),
  };
}

function written(spans: readonly ReadableSpan[], batch = new Batch()): Uint8Array {
  for (const span of spans) batch.add(span);
  return batch.take().message;
}

function expectUpstreams(spans: readonly ReadableSpan[]): void {
  expect(decoded(written(spans))).toEqual(decoded(ProtobufTraceSerializer.serializeRequest(spans)));
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

test('a trace goes on after a text of many megabytes', () => {
  const [first, ...others] = fc.sample(repetitive, 8) as [ReadableSpan, ...ReadableSpan[]];
  const { traceId } = first.spanContext();
  const same = others.map((span) => ({ ...span, spanContext: () => ({ ...span.spanContext(), traceId }) }));
  const large = { ...first, attributes: { a: 'a', large: 'x'.repeat(3_000_000), b: 'a' } };
  expectUpstreams([first, large, ...same] as ReadableSpan[]);
});

test.each([404, true, null, undefined])('a name may be %s', (name) => {
  const [sample] = fc.sample(span, 1);
  const named = { ...sample, name, events: [{ name, time: [1, 0] }] } as unknown as ReadableSpan;
  expect(spansOf(decoded(written([named])))).toMatchObject([{ name: `${name}`, events: [{ name: `${name}` }] }]);
});

test('what attributes inherit is not theirs', () => {
  const [sample] = fc.sample(span, 1);
  const attributes = Object.assign(Object.create({ inherited: 1 }), { own: 2 });
  expectUpstreams([{ ...sample, attributes } as ReadableSpan]);
});

test.each([
  ['whatever the spans', span],
  ['also of spans that have much in common', repetitive],
])('says what the serializer of the SDK says, %s', (_which, spans) => {
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 12 }), (some) => {
      expectUpstreams(some);
    }),
    { numRuns: 300 },
  );
});

test('says the same from storage that was used before', () => {
  fc.assert(
    fc.property(fc.array(fc.array(span)), (rounds) => {
      const batch = new Batch();
      for (const spans of rounds)
        expect(sorted(decoded(written(spans, batch)))).toEqual(sorted(decoded(written(spans))));
    }),
    { numRuns: 100 },
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
