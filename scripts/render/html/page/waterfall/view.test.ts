import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { around, pan, place, tickLabel, ticks, zoom } from './view.ts';

const whole = { start: 0, end: 100 };

describe('zoom', () => {
  test('keeps the time under the pointer where it is', () => {
    expect(zoom(whole, 0.5, 20, whole)).toEqual({ start: 10, end: 60 });
  });

  test('out again ends at the whole', () => {
    expect(zoom({ start: 10, end: 60 }, 10, 20, whole)).toEqual(whole);
  });

  test('has an end, before numbers run out of digits', () => {
    const { start, end } = zoom(whole, 1e-12, 50, whole);
    expect(end - start).toBeCloseTo(0.001, 9);
  });
});

test('panning stops at the edges', () => {
  expect(pan({ start: 10, end: 60 }, 0.2, whole)).toEqual({ start: 20, end: 70 });
  expect(pan({ start: 10, end: 60 }, -1, whole)).toEqual({ start: 0, end: 50 });
  expect(pan({ start: 10, end: 60 }, 5, whole)).toEqual({ start: 50, end: 100 });
});

test('a span without a length can be zoomed to', () => {
  const { start, end } = around({ start: 30, end: 30 }, whole);
  expect(start).toBeLessThan(30);
  expect(end).toBeGreaterThan(30);
});

test('whatever is done, the view lies in the whole', () => {
  const number = fc.double({ min: -500, max: 500, noNaN: true });
  fc.assert(
    fc.property(number, number, fc.double({ min: 0.01, max: 100, noNaN: true }), (at, by, factor) => {
      for (const view of [zoom(whole, factor, at, whole), pan(zoom(whole, factor, at, whole), by, whole)]) {
        expect(view.start).toBeGreaterThanOrEqual(0);
        expect(view.end).toBeLessThanOrEqual(100 + 1e-9);
        expect(view.end).toBeGreaterThan(view.start);
      }
    }),
  );
});

test.each([
  [whole, 5, ['0 ms', '20 ms', '40 ms', '60 ms', '80 ms', '100 ms']],
  [{ start: 0.31, end: 0.52 }, 4, ['0.4 ms', '0.5 ms']],
  [{ start: -2, end: 2 }, 4, ['-2 ms', '-1 ms', '0 ms', '1 ms', '2 ms']],
  [{ start: 0, end: 8000 }, 4, ['0 ms', '2,000 ms', '4,000 ms', '6,000 ms', '8,000 ms']],
  [{ start: 5, end: 5 }, 4, []],
])('the ruler of %j with room for %i', (view, most, labels) => {
  const times = ticks(view, most);
  expect(times.map((time) => tickLabel(time, times))).toEqual(labels);
});

test.each([
  [10, 20, { left: 0, width: 40 }],
  [0, 100, { left: 0, width: 100 }],
  [35, 0, { left: 50, width: 0 }],
  [0, 5, null],
  [61, 5, null],
])('a stretch from %i, %i long, in 10 to 60', (start, length, placed) => {
  expect(place({ start: 10, end: 60 }, start, length)).toEqual(placed);
});
