import { medianSorted, quantileSorted } from 'simple-statistics';
import { LEAST_SAMPLES } from './rank-test.ts';

/** 97.5 % of a normal distribution lie below this many standard deviations. */
const Z_95 = 1.959964;
/** Larger samples are thinned to this many of their quantiles, because pairs grow with the square; the interval comes out wider then. */
const MOST_VALUES = 500;

/** By how much b lies above a, in the unit of the values, and where that lies with 95 % confidence. */
export interface Shift {
  estimate: number;
  from: number;
  to: number;
}

/**
 * Hodges-Lehmann: the median of all differences between a value of b and one of a, and the interval that belongs to the
 * Mann-Whitney test: https://en.wikipedia.org/wiki/Hodges%E2%80%93Lehmann_estimator
 * @returns null: too few samples
 */
export function shiftBetween(a: readonly number[], b: readonly number[]): Shift | null {
  if (a.length < LEAST_SAMPLES || b.length < LEAST_SAMPLES) return null;
  const [before, after] = [thin(a), thin(b)];
  const differences = Float64Array.from(before.flatMap((from) => after.map((to) => to - from))).sort();
  const [m, n] = [before.length, after.length];
  const rank = Math.floor((m * n) / 2 - Z_95 * Math.sqrt((m * n * (m + n + 1)) / 12));
  const low = Math.max(0, rank - 1);
  return {
    estimate: medianSorted([...differences]),
    from: differences[low] ?? Number.NaN,
    to: differences[differences.length - 1 - low] ?? Number.NaN,
  };
}

function thin(values: readonly number[]): number[] {
  if (values.length <= MOST_VALUES) return [...values];
  const sorted = values.toSorted((x, y) => x - y);
  return Array.from({ length: MOST_VALUES }, (_, index) => quantileSorted(sorted, (index + 0.5) / MOST_VALUES));
}
