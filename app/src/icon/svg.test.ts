import { expect, test } from 'vitest';
import { svgDocument } from './svg.ts';

test('keeps the proportions of a drawing that is not square', () => {
  const icon = { name: 'wide', body: '<path d="M0 0"/>', left: -4, top: 0, width: 32, height: 24 };
  expect(svgDocument(icon)).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="24" viewBox="-4 0 32 24"><path d="M0 0"/></svg>',
  );
  expect(svgDocument(icon, 10)).toContain('width="13.33" height="10"');
});
