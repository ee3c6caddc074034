import { expect, test } from 'vitest';
import { newTraceContext } from './trace-context.ts';

test('a new context is valid W3C Trace Context, sampled and marked', () => {
  const context = newTraceContext('profile');
  expect(context.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(context.traceparent).toBe(`00-${context.traceId}-${context.spanId}-01`);
  expect(context.tracestate).toBe('onetrace=profile');
  expect(newTraceContext().traceId).not.toBe(context.traceId);
});
