import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalogue } from './queries.ts';
import { sampleCatalogue } from './sample.ts';

let sample: ReturnType<typeof sampleCatalogue>;
let catalogue: ReturnType<typeof openCatalogue>;

beforeAll(() => {
  sample = sampleCatalogue();
  catalogue = openCatalogue(sample.path);
});
afterAll(() => {
  catalogue.close();
  sample.remove();
});

const names = (icons: { name: string }[]) => icons.map((icon) => icon.name);

test('categories come in the order of their sets, each with previews', () => {
  const categories = catalogue.queries.categories();
  expect(categories.map(({ slug, iconCount, setTitle }) => [slug, iconCount, setTitle])).toEqual([
    ['8bit', 3, 'Pixel'],
    ['line-space', 1, 'Line'],
    ['line-vehicle', 1, 'Line'],
  ]);
  expect(names(categories[0]?.previews ?? [])).toEqual(['alien', 'anchor', 'apple']);
});

test('a category is found by its slug, an unknown one is null', () => {
  expect(catalogue.queries.category({ slug: '8bit' })).toMatchObject({ title: '8-bit', setPrefix: 'pixel' });
  expect(catalogue.queries.category({ slug: 'nope' })).toBeNull();
});

test('a page of a category is a slice of its icons', () => {
  const page = (offset: number, limit: number) =>
    names(catalogue.queries.iconsOfCategory({ slug: '8bit', offset, limit }));
  expect(page(0, 2)).toEqual(['alien', 'anchor']);
  expect(page(2, 2)).toEqual(['apple']);
  expect(page(4, 2)).toEqual([]);
});

test('an icon knows its neighbours, its set and its other names', () => {
  expect(catalogue.queries.icon({ category: '8bit', name: 'anchor' })).toMatchObject({
    icon: { name: 'anchor', aliases: [] },
    category: { slug: '8bit', iconCount: 3 },
    set: { prefix: 'pixel', title: 'Pixel', licence: 'MIT' },
    previous: 'alien',
    next: 'apple',
  });
  expect(catalogue.queries.icon({ category: '8bit', name: 'alien' })).toMatchObject({
    icon: { aliases: ['ufo'] },
    previous: null,
  });
});

test('an icon is only found in a category that holds it', () => {
  expect(catalogue.queries.icon({ category: 'line-vehicle', name: 'alien-ship' })).not.toBeNull();
  expect(catalogue.queries.icon({ category: '8bit', name: 'alien-ship' })).toBeNull();
});

test('search finds the start of every word, in names and aliases, and says where to look', () => {
  expect(names(catalogue.queries.search({ text: 'ali', limit: 10 })).sort()).toEqual(['alien', 'alien-ship']);
  expect(names(catalogue.queries.search({ text: 'Alien SHI', limit: 10 }))).toEqual(['alien-ship']);
  expect(catalogue.queries.search({ text: 'ufo', limit: 10 })).toMatchObject([{ name: 'alien', category: '8bit' }]);
  expect(catalogue.queries.search({ text: 'alien', limit: 1 })).toHaveLength(1);
});

test.each(['', '  ', '"', '*', '(', 'ufo"*', 'NOT', 'a AND OR', '-x'])(
  'search takes %j as words, not as operators',
  (text) => {
    expect(catalogue.queries.search({ text, limit: 10 })).toBeInstanceOf(Array);
  },
);

test('related icons share the first word of the name', () => {
  const related = catalogue.queries.relatedIcons({ name: 'alien-ship', limit: 10 });
  expect(names(related).sort()).toEqual(['alien', 'alien-ship']);
});
