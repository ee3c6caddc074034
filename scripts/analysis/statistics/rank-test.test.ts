import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustForMany, LEAST_SAMPLES, rankTest } from './rank-test.ts';

/** Repeatable pseudo-random numbers from 0 to 1. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

describe('the rank test', () => {
  // Checked with a second implementation, written from the formula.
  test.each([
    ['apart', [1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.012186],
    ['with ties', [1, 2, 2, 3, 4, 5], [2, 2, 6, 7, 7, 8, 9], 0.069782],
    [
      'the two samples of the example in the manual of R',
      [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
      [1.15, 0.88, 0.9, 0.74, 1.21],
      0.244624,
    ],
  ])('%s', (_, a, b, p) => {
    expect(rankTest(a, b)).toBeCloseTo(p, 5);
  });

  test('equal values are no change', () => {
    expect(rankTest([3, 3, 3, 3, 3], [3, 3, 3, 3, 3])).toBe(1);
  });

  test('too few on one side', () => {
    const few = Array.from({ length: LEAST_SAMPLES - 1 }, (_, index) => index);
    expect(rankTest(few, [10, 11, 12, 13, 14, 15])).toBeNull();
    expect(rankTest([10, 11, 12, 13, 14, 15], few)).toBeNull();
  });

  test('does not mind which is which, nor the unit', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: LEAST_SAMPLES, maxLength: 12 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const p = rankTest(a, b) ?? Number.NaN;
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(rankTest(b, a)).toBeCloseTo(p, 9);
        const scaled = (values: number[]) => values.map((value) => 7 + value * 1000);
        expect(rankTest(scaled(a), scaled(b))).toBeCloseTo(p, 9);
      }),
    );
  });

  test('finds a change where there is none in about one case of twenty', () => {
    const random = numbers(7);
    const draw = () => Array.from({ length: 20 }, () => random.next().value ** 3);
    const found = Array.from({ length: 2000 }, () => rankTest(draw(), draw()) ?? 1).filter((p) => p < 0.05);
    expect(found.length / 2000).toBeGreaterThan(0.035);
    expect(found.length / 2000).toBeLessThan(0.06);
  });
});

describe('many tests', () => {
  test("the example of Benjamini and Hochberg's paper", () => {
    const paper = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    expect(adjustForMany(paper).filter((p) => p <= 0.05)).toHaveLength(4);
    expect(adjustForMany(paper)[3]).toBeCloseTo((0.0095 * 15) / 4, 9);
  });

  test('in the order given, none smaller than before, one alone as it is', () => {
    expect(adjustForMany([0.04, 0.01, 0.03])).toEqual([0.04, 0.03, 0.04]);
    expect(adjustForMany([0.2])).toEqual([0.2]);
    expect(adjustForMany([])).toEqual([]);
  });
});
