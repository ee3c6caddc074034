import { expect, test } from 'vitest';
import { ignoring } from './ignore.ts';

test.each([
  ['/healthz', true],
  ['/healthz/', true],
  ['/healthz?deep=1', true],
  ['/healthz/db', false],
  ['/_astro/page.css', true],
  ['/', false],
  [undefined, false],
])('%s: %s', (url, expected) => {
  expect(ignoring(['/healthz', '/_astro/*'])(url === undefined ? {} : { url })).toBe(expected);
});
