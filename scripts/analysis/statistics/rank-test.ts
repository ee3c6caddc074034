import { errorFunction, wilcoxonRankSum } from 'simple-statistics';

/** With fewer on either side even a complete separation of the two could be chance once in a hundred times. */
export const LEAST_SAMPLES = 5;

/**
 * Mann-Whitney U test, two-sided: how likely are two samples at least this far apart when they come from the same source? Durations are
 * anything but normally distributed, ranks do not mind. Normal approximation with corrections for continuity and for ties:
 * https://en.wikipedia.org/wiki/Mann%E2%80%93Whitney_U_test#Normal_approximation_and_tie_correction
 * @returns the p-value; null: too few samples
 */
export function rankTest(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < LEAST_SAMPLES || b.length < LEAST_SAMPLES) return null;
  const all = a.length + b.length;
  const u = wilcoxonRankSum([...a], [...b]) - (a.length * (a.length + 1)) / 2;
  const expected = (a.length * b.length) / 2;
  const variance = ((a.length * b.length) / 12) * (all + 1 - tieTerm([...a, ...b]) / (all * (all - 1)));
  if (variance <= 0) return 1; // all values are equal
  const z = Math.max(0, Math.abs(u - expected) - 0.5) / Math.sqrt(variance);
  return Math.min(1, Math.max(0, 1 - errorFunction(z / Math.SQRT2)));
}

function tieTerm(values: number[]): number {
  const groups = Map.groupBy(values, (value) => value);
  return [...groups.values()].reduce((sum, { length }) => sum + length ** 3 - length, 0);
}

/**
 * Many tests find something by chance alone: of a hundred true nothings five fall below 0.05. p-values adjusted so that among those
 * kept below a level at most that share is expected to be chance (Benjamini-Hochberg). In the order given.
 */
export function adjustForMany(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((x, y) => y.p - x.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 1;
  order.forEach(({ p, index }, place) => {
    least = Math.min(least, (p * pValues.length) / (pValues.length - place));
    adjusted[index] = least;
  });
  return adjusted;
}
