import { expect, test } from 'vitest';
import { categorise } from './categorise.ts';

const slugs = (categories: { slug: string; icons: string[] }[]) =>
  Object.fromEntries(categories.map(({ slug, icons }) => [slug, icons]));

test('a set as one category', () => {
  const definition = { prefix: 'p', split: { by: 'set', slug: '8bit', title: '8-bit' } } as const;
  expect(categorise(definition, {}, ['a', 'b'])).toEqual([{ slug: '8bit', title: '8-bit', icons: ['a', 'b'] }]);
});

test('the longest suffix wins, the empty one takes the rest, unused ones are left out', () => {
  const suffixes = { '': 'Regular', bold: 'Bold', 'extra-bold': 'Extra Bold', thin: 'Thin' };
  const names = ['bold', 'cat', 'cat-bold', 'cat-extra-bold'];
  expect(slugs(categorise({ prefix: 'p', split: { by: 'suffix' } }, { suffixes }, names))).toEqual({
    'p-regular': ['bold', 'cat'],
    'p-bold': ['cat-bold'],
    'p-extra-bold': ['cat-extra-bold'],
  });
});

test('without an empty suffix, what is left is "Other"', () => {
  const split = { by: 'suffix', suffixes: { filled: 'Filled' } } as const;
  expect(slugs(categorise({ prefix: 'p', split }, {}, ['cat', 'cat-filled']))).toEqual({
    'p-other': ['cat'],
    'p-filled': ['cat-filled'],
  });
});

test('an icon may have several themes or none; names that the set does not hold are dropped', () => {
  const categories = { 'Food / Drink': ['tea', 'gone', 'apple'], Nature: ['apple'], Empty: ['gone'] };
  const found = categorise({ prefix: 'p', split: { by: 'theme' } }, { categories }, ['apple', 'tea', 'x']);
  expect(slugs(found)).toEqual({ 'p-food-drink': ['apple', 'tea'], 'p-nature': ['apple'], 'p-other': ['x'] });
});
