import { afterEach, expect, test, vi } from 'vitest';
import { processClock } from '../spans/clock.ts';
import { epochOfClock, followEpoch, measureShift, now, sinceEpoch } from './clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('an interrupted reading does not set the clocks of two threads apart', () => {
  const readings = [100, 150, 200, 200.001, 300, 340, 400, 410, 500, 500.5];
  const other = [1145, 1200.0005, 1305, 1400, 1500];
  const shift = measureShift(
    () => readings.shift() ?? 0,
    () => other.shift() ?? 0,
  );
  expect(shift).toBeCloseTo(1000, 3);
});

test('what nobody was asked for follows the wall clock as spans of the thread do, and in a worker as its asker does', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  // As a server span does at its start.
  processClock.read();
  expect(sinceEpoch(now())).toBeCloseTo(Date.now(), -4);
  followEpoch(epochOfClock() + 7_200_000);
  expect(sinceEpoch(now())).toBeCloseTo(Date.now() + 7_200_000, -4);
});
