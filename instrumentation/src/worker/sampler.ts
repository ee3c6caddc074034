import type { Sampler } from '@opentelemetry/sdk-trace';

type Samplers = Pick<
  typeof import('@opentelemetry/sdk-trace'),
  'AlwaysOffSampler' | 'AlwaysOnSampler' | 'TraceIdRatioBasedSampler'
>;

/**
 * For spans that a worker makes without having been asked anything. NodeSDK reads the variable for the main thread and has told
 * about invalid values there.
 */
export function rootSampler(env: NodeJS.ProcessEnv, samplers: Samplers): Sampler {
  const name = env.OTEL_TRACES_SAMPLER?.trim().replace(/^parentbased_/, '');
  if (name === 'always_off') return new samplers.AlwaysOffSampler();
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || 1);
  if (name === 'traceidratio' && ratio >= 0 && ratio <= 1) return new samplers.TraceIdRatioBasedSampler(ratio);
  return new samplers.AlwaysOnSampler();
}
