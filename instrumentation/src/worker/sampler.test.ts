import * as sdk from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { rootSampler } from './sampler.ts';

test.each([
  [undefined, undefined, 'AlwaysOnSampler'],
  ['always_off', undefined, 'AlwaysOffSampler'],
  ['parentbased_always_off', undefined, 'AlwaysOffSampler'],
  ['parentbased_traceidratio', '0.25', 'TraceIdRatioBased{0.25}'],
  ['traceidratio', undefined, 'TraceIdRatioBased{1}'],
  ['traceidratio', 'much', 'AlwaysOnSampler'],
  ['bogus', undefined, 'AlwaysOnSampler'],
])('OTEL_TRACES_SAMPLER=%s, argument %s: %s', (name, argument, sampler) => {
  const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
  expect(rootSampler(env, sdk).toString()).toBe(sampler);
});
