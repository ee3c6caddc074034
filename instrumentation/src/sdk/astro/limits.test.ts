import { expect, test, vi } from 'vitest';
import { DEFAULT_LIMITS, readLimits } from './limits.ts';

test('the environment overrules the options, and these the defaults', () => {
  expect(readLimits({})).toEqual(DEFAULT_LIMITS);
  expect(readLimits({ ONETRACE_COMPONENT_REPEAT: '2' }, { repeat: 9, minMs: 3 })).toEqual({
    ...DEFAULT_LIMITS,
    repeat: 2,
    minMs: 3,
  });
  expect(readLimits({ ONETRACE_COMPONENTS: 'off' })).toMatchObject({ components: false });
});

test('a value that is none is said and ignored', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(readLimits({ ONETRACE_COMPONENT_MIN_MS: 'soon' })).toEqual(DEFAULT_LIMITS);
  expect(String(stderr.mock.calls)).toContain("ONETRACE_COMPONENT_MIN_MS: expected a number of 0 or more, got 'soon'");
  stderr.mockRestore();
});
