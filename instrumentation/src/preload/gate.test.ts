import { expect, test } from 'vitest';
import { reasonNotToTrace, type Surroundings } from './gate.ts';

const plain: Surroundings = { env: {}, nodeVersion: '24.21.0', script: '/srv/app.mjs', mainThread: true };

test.each<[string, Partial<Surroundings>]>([
  ['an app', {}],
  ['the oldest Node that will do', { nodeVersion: '22.15.0' }],
  ['a value that is not true', { env: { OTEL_SDK_DISABLED: 'false' } }],
])('traces %s', (_, difference) => {
  expect(reasonNotToTrace({ ...plain, ...difference })).toBeUndefined();
});

test.each<[string, Partial<Surroundings>]>([
  ['when switched off', { env: { OTEL_SDK_DISABLED: ' TRUE ' } }],
  ["in PM2's daemon, the cluster primary", { script: '/srv/node_modules/pm2/lib/Daemon.js' }],
])('stays away without a word %s', (_, difference) => {
  expect(reasonNotToTrace({ ...plain, ...difference })).toEqual({});
});

test('leaves a worker thread to the thread that started it', () => {
  expect(reasonNotToTrace({ ...plain, mainThread: false })).toEqual({ byParent: true });
});

test('says why on a Node that is too old', () => {
  expect(reasonNotToTrace({ ...plain, nodeVersion: '22.14.9' })?.tell).toMatch(
    /needs Node 22\.15 or newer, this is 22\.14\.9/,
  );
});
