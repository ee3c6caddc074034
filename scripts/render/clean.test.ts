import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { clean, shorten, shortenMiddle } from './clean.ts';

test('control characters are shown instead of being obeyed', () => {
  expect(clean('a\u001b[31m\nb\u202e')).toBe('a\\u{1b}[31m\\u{a}b\\u{202e}');
});

test.each([
  ['GET /short', 20, 'GET /short'],
  ['GET /rather/long', 10, 'GET /rath…'],
  ['日本語の名前', 7, '日本語…'],
])('%s in %i columns', (text, columns, expected) => {
  expect(shorten(text, columns)).toBe(expected);
});

test('an address keeps its end', () => {
  const url = shortenMiddle('http://127.0.0.1:8080/freedevtools/svg_icons/8bit/alien/', 30);
  expect(url).toBe('http://127…g_icons/8bit/alien/');
  expect(stringWidth(url)).toBe(30);
});

test('a name of 10 MB costs no more than its beginning', () => {
  expect(shorten('x'.repeat(10_000_000), 5)).toBe('xxxx…');
});
