import type { Attributes, Link, Span, TimeInput } from '@opentelemetry/api';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { api } from '../sdk/api.ts';
import { DEFAULT_LIMITS } from '../sdk/astro/limits.ts';
import { RecordedSpan } from '../sdk/astro/recorded-span.ts';
import { ServerSpan } from '../sdk/http/own-server-span.ts';
import { fromRemote, toRemote } from '../worker/remote-span.ts';
import { RunSpan } from '../worker/run-span.ts';
import { DEFAULT_SPAN_LIMITS, limitSpans, type SpanLimits } from './limits.ts';
import { createTraceState } from './otel.ts';

const SCOPE = { name: 'test' };
const CONTEXT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7', traceFlags: 1 };
const resource = new TracerProvider()['_resource' as never] as ReadableSpan['resource'];

afterEach(() => limitSpans(DEFAULT_SPAN_LIMITS));

interface Made {
  span: Span;
  /** As it is exported. */
  finished(): ReadableSpan;
}

/** The spans that do not come from the SDK and can be open, each without a word said about it. */
const kinds: Record<string, () => Made> = {
  'a server span': () => {
    const span = new ServerSpan({ scope: SCOPE, resource, processors: [] }, 'a', CONTEXT, undefined, {}, undefined);
    return { span, finished: () => span };
  },
  'a span of Astro': () => {
    const root = Object.assign(api.trace.wrapSpanContext(CONTEXT), { resource });
    const request = {
      ...{ root, resource, limits: DEFAULT_LIMITS, scope: SCOPE },
      newSpanContext: () => CONTEXT,
      firstSeen: () => true,
      spanEnded: () => undefined,
    };
    const span = new RecordedSpan(request, api.ROOT_CONTEXT, 'a', {});
    return { span, finished: () => span.readable(CONTEXT) };
  },
  'the span of a worker’s run, once it has been posted': () => {
    const span = new RunSpan(`${CONTEXT.traceId}-${CONTEXT.spanId}-01`, 0, api.ROOT_CONTEXT, []);
    span.updateName('a');
    return { span, finished: () => fromRemote(structuredClone(toRemote(span)), resource, createTraceState) };
  },
};

const ofSdk = (spanLimits: SpanLimits): Made => {
  const span = new TracerProvider({ spanLimits }).getTracer('test').startSpan('a') as Span & ReadableSpan;
  return { span, finished: () => span };
};

/** What was said of it; times that nobody stated are left out. */
function drawn(span: ReadableSpan) {
  const { name, attributes, status, droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  return {
    ...{ name, attributes, status, droppedAttributesCount, droppedEventsCount, droppedLinksCount },
    events: span.events.map(({ time, ...event }) => ({ ...event, time: time[0] === STATED[0] ? time : 'now' })),
    links: span.links.map(({ context, attributes }) => ({ span: context.spanId, attributes })),
  };
}

const STATED = [1_700_000_000, 250_000_000] as const;
const time: fc.Arbitrary<TimeInput | undefined> = fc.constantFrom(
  undefined,
  [...STATED] as [number, number],
  1_700_000_000_250,
  new Date(1_700_000_000_250),
);

const circular: Record<string, unknown> = { a: 1 };
circular.self = circular;
const shared = { a: 1 };
const text = fc.string({ maxLength: 8 });
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, 1n, Symbol('s'), () => 1, new Date(0), circular, [shared, shared]),
    fc.array(text),
    fc.array(fc.oneof(text, fc.integer(), fc.constant(null), fc.constant(undefined))),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}));
const key = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'toString');
const attributes = fc.option(fc.dictionary(key, value), { nil: undefined }) as fc.Arbitrary<Attributes | undefined>;
const link: fc.Arbitrary<Link> = fc
  .tuple(fc.constantFrom('1111111111111111', '2222222222222222'), attributes)
  .map(([spanId, attributes]) => ({ context: { ...CONTEXT, spanId }, ...(attributes && { attributes }) }));
const exception = fc.constantFrom(
  'text',
  '',
  {},
  { message: 'no', stack: 'at' },
  { name: 'TypeError' },
  { code: 12, name: 'Error' },
  { code: 0, name: 'Error', message: '' },
);

type Operation = (span: Span) => void;
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(key, value).map(
    ([key, value]): Operation =>
      (span) =>
        span.setAttribute(key, value as never),
  ),
  attributes.map(
    (attributes): Operation =>
      (span) =>
        span.setAttributes(attributes as never),
  ),
  fc.tuple(text, fc.oneof(attributes, time), time).map(
    ([name, given, time]): Operation =>
      (span) =>
        span.addEvent(name, given, time),
  ),
  link.map(
    (link): Operation =>
      (span) =>
        span.addLink(link),
  ),
  fc.array(link).map(
    (links): Operation =>
      (span) =>
        span.addLinks(links),
  ),
  fc.tuple(fc.constantFrom(0, 1, 2), fc.option(text, { nil: undefined })).map(
    ([code, message]): Operation =>
      (span) =>
        span.setStatus({ code, message } as never),
  ),
  text.map(
    (name): Operation =>
      (span) =>
        span.updateName(name),
  ),
  fc.tuple(exception, time).map(
    ([exception, time]): Operation =>
      (span) =>
        span.recordException(exception as never, time),
  ),
  fc.constant<Operation>((span) => span.end()),
);

const count = fc.constantFrom(0, 1, 2, 3, 128);
const limits: fc.Arbitrary<SpanLimits> = fc.record({
  attributeCountLimit: count,
  attributeValueLengthLimit: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY),
  eventCountLimit: count,
  linkCountLimit: count,
  attributePerEventCountLimit: count,
  attributePerLinkCountLimit: count,
});

describe.each(Object.entries(kinds))('%s', (_kind, make) => {
  test('says what the SDK’s would, whatever is said of it', () => {
    fc.assert(
      fc.property(limits, fc.array(operation, { maxLength: 12 }), (limits, operations) => {
        limitSpans(limits);
        const [ours, theirs] = [make(), ofSdk(limits)];
        for (const apply of operations) for (const { span } of [ours, theirs]) apply(span);
        expect(drawn(ours.finished())).toEqual(drawn(theirs.finished()));
      }),
      { numRuns: 500 },
    );
  });

  test('reads a number up to now as a reading of performance.now()', () => {
    const { span, finished } = make();
    const reading = performance.now() - 20;
    span.addEvent('then', reading).addEvent('now');
    const [then, now] = finished().events.map(({ time: [seconds, nanoseconds] }) => seconds * 1e3 + nanoseconds / 1e6);
    expect((now ?? 0) - (then ?? 0)).toBeGreaterThanOrEqual(20);
    expect((now ?? 0) - (then ?? 0)).toBeLessThan(5000);
    expect(Math.abs((now ?? 0) - Date.now())).toBeLessThan(5000);
  });

  test('takes no link that leads nowhere', () => {
    const { span, finished } = make();
    span.addLink(undefined as never).addLink({ context: { spanId: '1' } } as never);
    span.addLinks([{ context: CONTEXT }]);
    expect(finished().links).toHaveLength(1);
  });

  test('shares its empty lists with nobody who adds to them', () => {
    make().span.addLink({ context: CONTEXT }).addEvent('event');
    const { links, events } = make().finished();
    expect([links, events]).toEqual([[], []]);
  });
});

test('who says something about a span that has ended is told', () => {
  const warn = vi.spyOn(api.diag, 'warn');
  const { span } = (kinds['a server span'] as () => Made)();
  span.end();
  span.setAttribute('late', 1);
  span.end();
  expect(warn.mock.calls).toEqual([["a span that has ended is left as it is: 'a'"]]);
  warn.mockRestore();
});
