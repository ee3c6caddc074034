import { expect, test } from 'vitest';
import { exportsByGrpc, sdkDefaults, withEnvironment } from './defaults.ts';

test('traces by gRPC and nothing else, unless asked for', () => {
  expect(sdkDefaults({ OTEL_LOGS_EXPORTER: ' ' })).toMatchObject({
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  });
});

test.each([
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_METRICS_EXPORTER',
  'OTEL_LOGS_EXPORTER',
  'OTEL_NODE_DISABLED_INSTRUMENTATIONS',
  'OTEL_BSP_MAX_QUEUE_SIZE',
  'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
])("the user's %s stays", (name) => {
  expect(sdkDefaults({ [name]: 'x' })).not.toHaveProperty(name);
});

test.each<[NodeJS.ProcessEnv, batch: string | undefined, queue: string | undefined]>([
  [{}, '2048', '8192'],
  [{ OTEL_BSP_MAX_QUEUE_SIZE: '500' }, undefined, undefined],
  [{ OTEL_BSP_MAX_QUEUE_SIZE: '65536' }, '2048', undefined],
  [{ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100' }, undefined, '8192'],
  [{ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '9000' }, undefined, undefined],
])('with %o no batch is larger than the queue', (env, batch, queue) => {
  const defaults = sdkDefaults(env);
  expect([defaults.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, defaults.OTEL_BSP_MAX_QUEUE_SIZE]).toEqual([batch, queue]);
});

test('a list of enabled instrumentations is not cut by the default list of disabled ones', () => {
  expect(sdkDefaults({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,net' })).not.toHaveProperty(
    'OTEL_NODE_DISABLED_INSTRUMENTATIONS',
  );
});

test('the environment is as before afterwards, even when the start fails', () => {
  const env: NodeJS.ProcessEnv = { A: '1', B: '2' };
  const seen = withEnvironment(env, { A: 'x', B: undefined, C: 'y' }, () => ({ ...env }));
  expect(seen).toEqual({ A: 'x', C: 'y' });
  expect(env).toEqual({ A: '1', B: '2' });
  expect(() =>
    withEnvironment(env, { C: 'y' }, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(env).toEqual({ A: '1', B: '2' });
});

test.each<[NodeJS.ProcessEnv, boolean]>([
  [{}, true],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, false],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }, true],
  [{ OTEL_TRACES_EXPORTER: 'console, otlp' }, true],
  [{ OTEL_TRACES_EXPORTER: 'none' }, false],
])('exportsByGrpc(%o): %s', (env, expected) => {
  expect(exportsByGrpc(env)).toBe(expected);
});
