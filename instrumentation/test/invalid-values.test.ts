import { expect, test, vi } from 'vitest';
import { App } from './support/app.ts';

vi.setConfig({ testTimeout: 30_000 });

test.concurrent.each<[string, string, RegExp]>([
  ['OTEL_TRACES_EXPORTER', 'bogus', /OTEL_TRACES_EXPORTER value: bogus/],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'bogus', /protocol: bogus/],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://', /OTEL_EXPORTER_OTLP_ENDPOINT: expected .* got 'http:\/\/'/],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'no-equals', /OTEL_EXPORTER_OTLP_HEADERS: expected key=value/],
  ['OTEL_RESOURCE_ATTRIBUTES', 'garbage', /OTEL_RESOURCE_ATTRIBUTES: expected .* got 'garbage'/],
  ['OTEL_TRACES_SAMPLER', 'bogus', /OTEL_TRACES_SAMPLER value "bogus"/],
  ['OTEL_BSP_SCHEDULE_DELAY', 'soon', /'soon' for OTEL_BSP_SCHEDULE_DELAY/],
  ['OTEL_PROPAGATORS', 'bogus', /Propagator "bogus"/],
  ['OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'http,bogus', /instrumentation-bogus" not found/],
  ['OTEL_NODE_RESOURCE_DETECTORS', 'bogus', /OTEL_NODE_RESOURCE_DETECTORS/],
  ['OTEL_LOG_LEVEL', 'bogus', /OTEL_LOG_LEVEL: expected one of .* got 'bogus'/],
  ['OTEL_SDK_DISABLED', 'maybe', /'maybe' for OTEL_SDK_DISABLED/],
  ['ONETRACE_PROFILE', 'bogus', /ONETRACE_PROFILE: expected off, on-demand, always, got 'bogus'; using off/],
  ['ONETRACE_SHUTDOWN_TIMEOUT', 'soon', /ONETRACE_SHUTDOWN_TIMEOUT: expected milliseconds, got 'soon'/],
])('%s=%s: one line', async (name, value, line) => {
  const app = new App('loaded.cjs', { [name]: value });
  expect(await app.ended()).toEqual({ code: 0, signal: null });
  expect(app.stdout).toMatch(/^sdk files/);
  expect(app.stderr.trim().split('\n')).toEqual([expect.stringMatching(line)]);
});
