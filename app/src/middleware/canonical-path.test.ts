import { expect, test } from 'vitest';
import { canonicalPath } from './canonical-path.ts';

test.each([
  ['/freedevtools/svg_icons', '/freedevtools/svg_icons/'],
  ['/freedevtools/svg_icons/8bit', '/freedevtools/svg_icons/8bit/'],
  ['/freedevtools/svg_icons/8bit/alien', '/freedevtools/svg_icons/8bit/alien/'],
  ['/freedevtools/svg_icons/api', '/freedevtools/svg_icons/api/'],
])('%s is at %s', (path, canonical) => {
  expect(canonicalPath(path)).toBe(canonical);
});

test.each([
  '/freedevtools/svg_icons/8bit/alien/',
  '/freedevtools/svg_icons/api/optimise',
  '/freedevtools/svg_icons/api/search.json',
  '/freedevtools/svg_icons/8bit/alien.svg',
  '/freedevtools/svg_iconset',
  '/freedevtools/debug/slow',
  '/healthz',
])('%s stays', (path) => {
  expect(canonicalPath(path)).toBe(path);
});
