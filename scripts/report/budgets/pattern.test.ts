import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches } from './pattern.ts';

test.each([
  ['GET /icons/[id]/', 'GET /icons/[id]/', true],
  ['GET /icons/[id]/', 'GET /icons/i/', false],
  ['GET /icons/*', 'GET /icons/8bit/alien/', true],
  ['GET /icons/*', 'GET /icons', false],
  ['*', '', true],
  ['', 'x', false],
  ['SELECT *', 'INSERT SELECT x', false],
  ['*.mjs', 'worker.task a.mjs', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['ab*ba', 'aba', false],
  ['*b*b*', 'abc', false],
])('%s and %s: %s', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});

test('as the regular expression of the same meaning, for any pattern', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(word, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }), (pattern, name) => {
      expect(matches(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
    }),
  );
});
