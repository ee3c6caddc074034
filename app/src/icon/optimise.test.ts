import { expect, test } from 'vitest';
import { InvalidSvg, optimiseSvg } from './optimise.ts';

test('drops what does not show and counts bytes without the reader’s line breaks', () => {
  const source =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><!-- é --><g><path d="M 10.0 10.0 L 20 20"/></g></svg>';
  expect(optimiseSvg(source)).toEqual({
    svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">\n  <path d="m10 10 10 10"/>\n</svg>',
    before: Buffer.byteLength(source),
    after: 90,
  });
});

test.each([
  ['hello', 'expected an SVG document, got text without an <svg> element'],
  ['<svgx/>', 'expected an SVG document, got text without an <svg> element'],
  ['<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', 'expected an SVG without a doctype, got <!DOCTYPE'],
  ['<svg><path', 'expected a well-formed SVG document, got an error while parsing: <input>:1:10: Unclosed root tag'],
  [
    '<svg><a></svg>',
    'expected a well-formed SVG document, got an error while parsing: <input>:1:14: Unexpected close tag',
  ],
])('refuses %j', (source, message) => {
  expect(() => optimiseSvg(source)).toThrow(new InvalidSvg(message));
});
