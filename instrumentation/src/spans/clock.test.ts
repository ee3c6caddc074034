import { expect, test, vi } from 'vitest';
import { PreciseClock } from './clock.ts';

/** A fine clock at `at.fine`, and a wall clock that shows the whole milliseconds of `at.wall`. */
function clockAt(at: { fine: number; wall: number }, offset: number): PreciseClock {
  return new PreciseClock(offset, { fine: () => at.fine, wall: () => Math.floor(at.wall) });
}

test('an offset that agrees with the wall clock stays', () => {
  const at = { fine: 100.25, wall: 1_000_100.75 };
  const clock = clockAt(at, 1_000_000.5);
  expect(clock.offset()).toBe(1_000_000.5);
  Object.assign(at, { fine: 5100.25, wall: 1_005_100.75 });
  expect(clock.offset()).toBe(1_000_000.5);
});

test.each([
  ['forward, as after suspend', 3_600_000],
  ['back', -90_000],
])('after the wall clock has jumped %s, it is right within a millisecond and gets better', (_, jump) => {
  const truth = 1_000_000.6 + jump;
  const at = { fine: 0, wall: 0 };
  const clock = clockAt(at, 1_000_000.6);
  const read = (fine: number) => {
    Object.assign(at, { fine, wall: fine + truth });
    return Math.abs(clock.offset() - truth);
  };
  expect(read(10)).toBeLessThanOrEqual(1);
  for (let i = 1; i < 100; i++) read(10 + i * 1.01);
  expect(read(200)).toBeLessThan(0.011);
});

test('a pause between the readings moves nothing', () => {
  const fine = vi.fn().mockReturnValueOnce(100).mockReturnValueOnce(150);
  expect(new PreciseClock(1_000_000.5, { fine, wall: () => 1_000_100 }).offset()).toBe(1_000_000.5);
  const late = vi.fn().mockReturnValueOnce(100).mockReturnValueOnce(150);
  expect(new PreciseClock(1_000_000.5, { fine: late, wall: () => 1_000_150 }).offset()).toBe(1_000_000.5);
});
