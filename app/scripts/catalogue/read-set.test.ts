import { expect, test } from 'vitest';
import { readSet, withOwnIds } from './read-set.ts';

test('an installed set arrives with geometry, aliases and at least one category for each icon', () => {
  const set = readSet({ prefix: 'mdi', split: { by: 'theme' } });
  const categorised = new Set(set.categories.flatMap((category) => category.icons));
  expect(set.icons.length).toBeGreaterThan(7000);
  expect(set.icons.filter((icon) => !categorised.has(icon.name))).toEqual([]);
  expect(set.icons.find((icon) => icon.name === 'space-invaders')).toMatchObject({ width: 24, height: 24, left: 0 });
  expect(set.icons.find((icon) => icon.name === 'account')?.aliases).toContain('user');
});

test('ids become unique to the icon, with every reference to them', () => {
  const body = '<mask id="a"/><g id="ab" mask="url(#a)"><use href="#ab"/></g>';
  expect(withOwnIds(body, 'set-icon')).toBe(
    '<mask id="set-icon-0"/><g id="set-icon-1" mask="url(#set-icon-0)"><use href="#set-icon-1"/></g>',
  );
});
