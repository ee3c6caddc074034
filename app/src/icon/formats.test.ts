import { expect, test } from 'vitest';
import { codeSamples, componentName, toJsx } from './formats.ts';

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">\n  <path d="M0 0"/>\n</svg>';

function code(title: string): string | undefined {
  return codeSamples('8-ball', svg).find((sample) => sample.title === title)?.code;
}

test('React', () => {
  expect(code('React')).toBe(`import type { SVGProps } from 'react';

export function Icon8Ball(props: SVGProps<SVGSVGElement>) {
  return (
    <svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" {...props}>
      <path d="M0 0"/>
    </svg>
  );
}`);
});

test('Vue and Svelte take the size as a property', () => {
  expect(code('Vue')).toContain('viewBox="0 0 24 24" :width="size" :height="size">');
  expect(code('Svelte')).toContain('viewBox="0 0 24 24" width={size} height={size}>');
});

test('CSS carries the drawing as a data URI that needs no further quoting', () => {
  const url = code('CSS')?.match(/url\("data:image\/svg\+xml,([^"]*)"\)/)?.[1] ?? '';
  expect(url).not.toMatch(/[<>#{}\n]/);
  expect(decodeURIComponent(url)).toBe(svg.replace(/>\s+</g, '><').replaceAll('"', "'"));
});

test.each([
  ['<path stroke-width="2" class="a"/>', '<path strokeWidth="2" className="a"/>'],
  ['<use xlink:href="#a"/>', '<use xlinkHref="#a"/>'],
  ['<g aria-hidden="true" data-x="1"/>', '<g aria-hidden="true" data-x="1"/>'],
  ['<g style="mask-type:luminance;fill:red"/>', "<g style={{ maskType: 'luminance', fill: 'red' }}/>"],
  ['<path d="M1-2z"/>', '<path d="M1-2z"/>'],
])('JSX of %s', (markup, jsx) => {
  expect(toJsx(markup)).toBe(jsx);
});

test.each([
  ['alien', 'AlienIcon'],
  ['space-invaders', 'SpaceInvadersIcon'],
  ['2k', 'Icon2k'],
])('the component of %s is called %s', (name, component) => {
  expect(componentName(name)).toBe(component);
});
