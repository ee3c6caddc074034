import { expect, test } from 'vitest';
import { drawBar, drawGap } from './bar.ts';

const scale = { startMs: 0, durationMs: 20, columns: 10 };
const stretch = (startMs: number, endMs: number) => ({ startMs, durationMs: endMs - startMs });

test.each<[string, number[], [number, number][], string]>([
  ['all of it', [0, 20], [], '░░░░░░░░░░'],
  ['a part', [4, 12], [], '  ░░░░    '],
  ['touched columns belong to it', [5, 11], [], '  ░░░░    '],
  ['too short for a column', [4, 4.01], [], '  ░       '],
  ['without a length, at the very end', [20, 20], [], '         ░'],
  [
    'critical at its ends',
    [0, 20],
    [
      [0, 4],
      [16, 20],
    ],
    '██░░░░░░██',
  ],
  ['all critical', [5, 11], [[5, 11]], '  ████    '],
])('%s', (_, [from = 0, to = 0], critical, expected) => {
  expect(
    drawBar(
      stretch(from, to),
      critical.map(([start, end]) => stretch(start, end)),
      scale,
    ),
  ).toBe(expected);
});

test('a gap', () => {
  expect(drawGap(stretch(4, 12), scale)).toBe('  ····    ');
});

test('a trace without a length', () => {
  expect(drawBar(stretch(0, 0), [], { ...scale, durationMs: 0 })).toBe('░         ');
});
