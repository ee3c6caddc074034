import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shiftBetween } from './shift.ts';

const sample = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 5, maxLength: 40 });

test('what was added to every value is the shift', () => {
  fc.assert(
    fc.property(sample, fc.integer({ min: -500, max: 500 }), (a, added) => {
      const shift = shiftBetween(
        a,
        a.map((value) => value + added),
      );
      expect(shift?.estimate).toBe(added);
      expect(shift?.from).toBeLessThanOrEqual(added);
      expect(shift?.to).toBeGreaterThanOrEqual(added);
    }),
  );
});

test('the interval leaves out as many differences as a significant U may have', () => {
  // Of the 25 differences, which are -9 to -1, the third from either end: the tables have U ≤ 2 for 5 and 5.
  expect(shiftBetween([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toEqual({ estimate: -5, from: -8, to: -2 });
});

test('too few', () => {
  expect(shiftBetween([1, 2, 3, 4], [1, 2, 3, 4, 5])).toBeNull();
});

test('large samples are thinned, and tell the same', () => {
  const many = Array.from({ length: 3000 }, (_, index) => index % 100);
  const shift = shiftBetween(
    many,
    many.map((value) => value + 10),
  );
  expect(shift?.estimate).toBeCloseTo(10, 0);
  expect(shift?.from).toBeGreaterThan(5);
  expect(shift?.to).toBeLessThan(15);
});
