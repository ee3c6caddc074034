import { expect, test, vi } from 'vitest';
import { trusting } from './trust.ts';

vi.mock('../preload/say.ts', () => ({ say: vi.fn() }));
const { say } = await import('../preload/say.ts');

const trusted = trusting(['127.0.0.0/8', '::1/128', '10.215.61.7']);

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.215.61.7'])('%s may ask', (address) => {
  expect(trusted(address)).toBe(true);
});

test.each(['128.0.0.1', '10.215.61.8', '::2', '::ffff:10.0.0.1', 'localhost', '', undefined, 7])(
  '%s may not',
  (address) => {
    expect(trusted(address)).toBe(false);
  },
);

test('without networks nobody may', () => {
  expect(trusting([])('127.0.0.1')).toBe(false);
});

test('what is no network is mentioned, and trusts nobody', () => {
  const nobody = trusting(['localhost', '10.0.0.0/33', '10.0.0.0/', '0.0.0.0/0/0']);
  expect(nobody('10.0.0.0')).toBe(false);
  expect(vi.mocked(say).mock.calls.map(([line]) => line)).toEqual(
    ['localhost', '10.0.0.0/33', '10.0.0.0/', '0.0.0.0/0/0'].map(
      (network) => `ONETRACE_PROFILE_FROM: expected addresses and networks (10.0.0.0/8), got '${network}'; ignored`,
    ),
  );
});
