import { expect, test } from 'vitest';
import { Groups } from './groups.ts';

test.each([0, 1, 2, 3])('%i groups are found by their keys, and come in the order in which they were met', (count) => {
  const groups = new Groups<{ n: number }>();
  const all = Array.from({ length: count }, (_, n) => [{ key: n }, { n }] as const);
  for (const [key, group] of all) {
    expect(groups.get(key)).toBeUndefined();
    groups.set(key, group);
  }
  for (const [key, group] of [...all, ...all.toReversed()]) expect(groups.get(key)).toBe(group);
  expect([...groups.values()]).toEqual(all.map(([, group]) => group));
  expect([...groups.entries()]).toEqual(all);
  expect(groups.get({})).toBeUndefined();
});
