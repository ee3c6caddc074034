import { describe, expect, test } from 'vitest';
import type { FlameFrame } from '../../../../report/profile.ts';
import { type Frame, framesIn, layOut, placeIn, search, toRows } from './layout.ts';

const frame = (name: string, valueMs: number, children: FlameFrame[] = []): FlameFrame => ({
  name,
  location: null,
  kind: 'cpu',
  valueMs,
  samples: valueMs,
  children,
});

/**
 *     all ████████████████████ 100
 *     a   ████████ 40   b ████ 20
 *     b   ████ 20
 *     b   ██ 10
 */
const root = layOut(frame('all', 100, [frame('b', 20), frame('a', 40, [frame('b', 20, [frame('b', 10)])])]));
const find = (...path: string[]): Frame =>
  path.reduce((at, name) => at.children?.find(({ data }) => data.name === name) as Frame, root);

describe('the layout', () => {
  test('the widest child first, each as wide as its time, the rest of the parent its own', () => {
    const places = framesIn(root).map((one) => [
      one.data.name,
      one.depth,
      Math.round(placeIn(one, root).left),
      Math.round(placeIn(one, root).width),
    ]);
    expect(places).toEqual([
      ['all', 0, 0, 100],
      ['a', 1, 0, 40],
      ['b', 2, 0, 20],
      ['b', 3, 0, 10],
      ['b', 1, 40, 20],
    ]);
  });

  test('what a zoom is in has the whole width, what is beside it is gone', () => {
    const focus = find('a');
    expect(framesIn(focus).map(({ data }) => data.name)).toEqual(['all', 'a', 'b', 'b']);
    expect(placeIn(root, focus)).toEqual({ left: 0, width: 100 });
    expect(placeIn(find('a', 'b'), focus)).toEqual({ left: 0, width: 50 });
  });

  test('nobody could see a thousandth', () => {
    expect(framesIn(layOut(frame('all', 1000, [frame('one', 1)])))).toHaveLength(1);
  });

  test('no time at all', () => {
    const nothing = layOut(frame('all', 0, [frame('a', 0)]));
    expect(placeIn(nothing, nothing).left).toBe(0);
  });
});

test('as a table: own time adds up, recursion counts once', () => {
  expect(toRows(root).map(({ name, selfMs, totalMs, samples }) => [name, selfMs, totalMs, samples])).toEqual([
    ['all', 40, 100, 100],
    ['b', 40, 40, 40],
    ['a', 20, 40, 40],
  ]);
});

test('a search adds up what matches, without what is below it', () => {
  expect(search(root, ' B ')?.found.size).toBe(3);
  expect(search(root, 'b')?.ms).toBe(40);
  expect(search(root, '')).toBeNull();
});
