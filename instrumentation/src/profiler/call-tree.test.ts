import { expect, test } from 'vitest';
import { code } from '../../test/support/stacks.ts';
import { callTree, foldShort, type Inferred } from './call-tree.ts';
import type { CodeFunction } from './functions.ts';
import type { Slice } from './slices.ts';

/** One column a sample of 1 ms: functions on the stack, outermost first; `-` is anything else, G the garbage collector. */
function tree(columns: string, minMs = 0): string[] {
  const paths = new Map<Slice, CodeFunction[]>();
  const slices = columns.split(' ').flatMap((column, index): Slice[] => {
    if (column === '-') return [];
    const kind = column === 'G' ? 'gc' : 'cpu';
    const slice: Slice = { from: index, to: index + 1, kind, spanId: 's', what: undefined, sample: undefined };
    paths.set(slice, kind === 'gc' || column === '.' ? [] : [...column].map((letter) => code(`app:${letter}`)));
    return [slice];
  });
  const calls = callTree(slices, (slice) => paths.get(slice) ?? []);
  foldShort(calls, minMs);
  return draw(calls, 0);
}

function draw(calls: Inferred[], depth: number): string[] {
  return calls.flatMap(({ kind, code: called, from, to, samples, children }) => [
    `${'  '.repeat(depth)}${kind === 'gc' ? 'GC' : called?.name} ${from}–${to}${samples === to - from ? '' : ` of ${samples}`}`,
    ...draw(children, depth + 1),
  ]);
}

test('neighbours that begin alike are one call', () => {
  expect(tree('fg fg fh f')).toEqual(['f 0–4', '  g 0–2', '  h 2–3']);
});

test('whatever comes between ends it', () => {
  expect(tree('f - f')).toEqual(['f 0–1', 'f 2–3']);
});

test('a collection is part of what was going on before and after', () => {
  expect(tree('fg G G fh')).toEqual(['f 0–4', '  g 0–1', '  GC 1–3', '  h 3–4']);
  expect(tree('f G f')).toEqual(['f 0–3', '  GC 1–2']);
});

test('of a collection at an edge nobody knows who was going on', () => {
  expect(tree('fg G - f')).toEqual(['f 0–1', '  g 0–1', 'GC 1–2', 'f 3–4']);
  expect(tree('G f')).toEqual(['GC 0–1', 'f 1–2']);
});

test('a sample without a stack ends it as well', () => {
  expect(tree('f . f')).toEqual(['f 0–1', 'f 2–3']);
});

test('short calls are part of longer ones; at the top, and collections, they stay', () => {
  expect(tree('fgh fgg f k fG', 1.5)).toEqual(['f 0–3', '  g 0–2', 'k 3–4', 'f 4–5']);
  expect(tree('f G f', 1.5)).toEqual(['f 0–3', '  GC 1–2']);
});
