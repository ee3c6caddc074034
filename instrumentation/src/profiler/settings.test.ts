import { expect, test, vi } from 'vitest';
import { readProfileSettings } from './settings.ts';

test('off, unless asked for', () => {
  expect(readProfileSettings({}, vi.fn())).toEqual({
    mode: 'off',
    intervalUs: 1000,
    startEveryMs: 60_000,
    minMs: 1.5,
    from: ['127.0.0.0/8', '::1/128'],
  });
});

test('a call that is shown takes one and a half intervals, unless it is said otherwise', () => {
  const read = (env: NodeJS.ProcessEnv) => readProfileSettings(env, vi.fn()).minMs;
  expect(read({ ONETRACE_PROFILE_INTERVAL_US: '500' })).toBe(0.75);
  expect(read({ ONETRACE_PROFILE_INTERVAL_US: '500', ONETRACE_PROFILE_MIN_MS: '0' })).toBe(0);
});

test('an empty list of networks means what it says', () => {
  expect(readProfileSettings({ ONETRACE_PROFILE_FROM: '' }, vi.fn()).from).toEqual([]);
});

test.each([
  ['ONETRACE_PROFILE', 'yes', "ONETRACE_PROFILE: expected off, on-demand, always, got 'yes'; using off"],
  [
    'ONETRACE_PROFILE_INTERVAL_US',
    '10',
    "ONETRACE_PROFILE_INTERVAL_US: expected whole microseconds, 100 to 1000000, got '10'; using 1000",
  ],
  [
    'ONETRACE_PROFILE_START_EVERY_MS',
    'often',
    "ONETRACE_PROFILE_START_EVERY_MS: expected milliseconds, got 'often'; using 60000",
  ],
  ['ONETRACE_PROFILE_MIN_MS', '-1', "ONETRACE_PROFILE_MIN_MS: expected milliseconds, got '-1'; using 1.5"],
])('%s=%s is mentioned', (name, value, line) => {
  const warn = vi.fn();
  expect(readProfileSettings({ [name]: value }, warn)).toEqual(readProfileSettings({}, vi.fn()));
  expect(warn.mock.calls).toEqual([[line]]);
});
