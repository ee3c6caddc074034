import { expect, test } from 'vitest';
import { hrBetween, hrTime } from './hr-time.ts';

test.each([
  [2500.25, [2, 500_250_000]],
  [0, [0, 0]],
  [999.9999999, [1, 0]],
])('%s ms are %j', (ms, expected) => {
  expect(hrTime(ms)).toEqual(expected);
});

test.each([
  [
    [1, 5],
    [1, 7],
    [0, 2],
  ],
  [
    [1, 999_999_999],
    [2, 1],
    [0, 2],
  ],
  [
    [1, 0],
    [3, 0],
    [2, 0],
  ],
] as const)('from %j to %j it takes %j', (from, to, expected) => {
  expect(hrBetween([...from], [...to])).toEqual(expected);
});
