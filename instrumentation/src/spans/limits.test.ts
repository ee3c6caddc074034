import { NodeSDK } from '@opentelemetry/sdk-node';
import { afterEach, expect, test, vi } from 'vitest';
import { FinishedSpan } from './finished-span.ts';
import { DEFAULT_SPAN_LIMITS, limitSpans, readSpanLimits } from './limits.ts';

afterEach(() => {
  limitSpans(DEFAULT_SPAN_LIMITS);
  vi.unstubAllEnvs();
});

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['those of all signals', { OTEL_ATTRIBUTE_COUNT_LIMIT: '7', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '50' }],
  [
    'those of spans over those of all signals',
    {
      OTEL_ATTRIBUTE_COUNT_LIMIT: '7',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: ' 9 ',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '50',
      OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '60',
    },
  ],
  [
    'what belongs to spans',
    {
      OTEL_SPAN_EVENT_COUNT_LIMIT: '1',
      OTEL_SPAN_LINK_COUNT_LIMIT: '2',
      OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: '3',
      OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT: '4',
    },
  ],
  [
    'what is no number',
    { OTEL_SPAN_EVENT_COUNT_LIMIT: 'many', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 'x', OTEL_ATTRIBUTE_COUNT_LIMIT: '5' },
  ],
  ['blanks', { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '', OTEL_SPAN_LINK_COUNT_LIMIT: ' ', OTEL_ATTRIBUTE_COUNT_LIMIT: '0' }],
])('are read as NodeSDK reads them: %s', (_what, variables) => {
  for (const [name, value] of Object.entries({ OTEL_TRACES_EXPORTER: 'console', ...variables }))
    vi.stubEnv(name, value);
  const sdk = new NodeSDK({ resourceDetectors: [] });
  sdk.start();
  const { _tracerProvider: provider } = sdk as unknown as {
    _tracerProvider: { _tracerOptions: { spanLimits: object } };
  };
  expect(readSpanLimits(process.env)).toEqual(provider._tracerOptions.spanLimits);
});

test('values of no length at all are not what anybody wants', () => {
  const { attributeValueLengthLimit } = readSpanLimits({ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '0' });
  expect(attributeValueLengthLimit).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [{}, { sql: 'SELECT 1', rows: 3 }, 0],
  [{ attributeValueLengthLimit: 6 }, { sql: 'SELECT', rows: 3 }, 0],
  [{ attributeCountLimit: 1 }, { sql: 'SELECT 1' }, 1],
])('hold for spans that are made when they have ended: %j', (limits, attributes, dropped) => {
  limitSpans({ ...DEFAULT_SPAN_LIMITS, ...limits });
  const context = { traceId: '1', spanId: '2', traceFlags: 1 };
  const span = new FinishedSpan({
    ...{ name: 'a', kind: 0, context, parent: undefined, startTime: [0, 0], endTime: [0, 0] },
    ...{ attributes: { sql: 'SELECT 1', rows: 3 }, resource: {} as never, scope: { name: 'test' } },
  });
  expect([span.attributes, span.droppedAttributesCount]).toEqual([attributes, dropped]);
});
