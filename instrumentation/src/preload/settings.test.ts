import { expect, test } from 'vitest';
import type { Pm2Process } from './pm2.ts';
import { readSettings } from './settings.ts';

const pm2 = { killTimeoutMs: 10_000 } as Pm2Process;

test('defaults: health checks get no span, and a shutdown fits the shortest kill timeout', () => {
  expect(readSettings({}, undefined)).toEqual({ ignorePaths: ['/healthz'], shutdownTimeoutMs: 1400 });
});

test('under PM2 a shutdown may take almost all of the kill timeout', () => {
  expect(readSettings({}, pm2).shutdownTimeoutMs).toBe(9800);
});

test('what the user sets wins', () => {
  const env = { ONETRACE_IGNORE_PATHS: '/up, /_astro/*', ONETRACE_SHUTDOWN_TIMEOUT: '300' };
  expect(readSettings(env, pm2)).toEqual({ ignorePaths: ['/up', '/_astro/*'], shutdownTimeoutMs: 300 });
});

test('an empty list ignores nothing', () => {
  expect(readSettings({ ONETRACE_IGNORE_PATHS: '' }, undefined).ignorePaths).toEqual([]);
});
