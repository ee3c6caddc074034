import { createRequire, isBuiltin } from 'node:module';
import { expect, test, vi } from 'vitest';
import { PATCHED } from './patched-packages.ts';

const require = createRequire(import.meta.url);

/** As their base class has it; one of them is made of others. */
interface Patching {
  _modules?: { name: string }[];
}

test('the packages that are waited for are those that the installed instrumentations patch', () => {
  vi.stubEnv('OTEL_NODE_ENABLED_INSTRUMENTATIONS', '');
  const { getNodeAutoInstrumentations } =
    require('@opentelemetry/auto-instrumentations-node') as typeof import('@opentelemetry/auto-instrumentations-node');
  const grpc = { '@opentelemetry/instrumentation-grpc': { enabled: false } };
  const parts = getNodeAutoInstrumentations(grpc).flatMap((whole) => [whole, ...Object.values(whole)]) as Patching[];
  const names = parts.flatMap((part) => part?._modules ?? []).map(({ name }) => name);
  expect(new Set(names.filter((name) => !isBuiltin(name)))).toEqual(PATCHED);
});
