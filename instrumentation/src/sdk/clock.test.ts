import { expect, test } from 'vitest';
import { hrDurationOf, hrTimeOf, PreciseStart } from './clock.ts';

test('a start that the SDK rounded down is put where it was measured', () => {
  const measured = performance.now();
  const span = { startTime: [0, 0], _performanceStartTime: measured, _startTimeProvided: false };
  new PreciseStart().onStart(span);
  expect(span.startTime).toEqual(hrTimeOf(measured));
});

test('a start that was asked for stays', () => {
  const span = { startTime: [7, 8], _performanceStartTime: 1, _startTimeProvided: true };
  new PreciseStart().onStart(span);
  expect(span.startTime).toEqual([7, 8]);
});

test('durations are seconds and nanoseconds', () => {
  expect(hrDurationOf(2500.25)).toEqual([2, 500_250_000]);
});
