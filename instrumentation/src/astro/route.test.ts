import { expect, test } from 'vitest';
import { httpRoute, type RouteStyle } from './route.ts';

const always: RouteStyle = { base: '/', trailingSlash: 'always' };
const never: RouteStyle = { base: '/', trailingSlash: 'never' };
const ignore: RouteStyle = { base: '/', trailingSlash: 'ignore' };

test.each<[string, string, RouteStyle, string | undefined]>([
  ['/icons/[category]/[icon]', '/icons/8bit/alien/', always, '/icons/[category]/[icon]/'],
  ['/icons/[category]/[icon]', '/icons/8bit/alien', never, '/icons/[category]/[icon]'],
  ['/icons/[icon]', '/icons/alien/', ignore, '/icons/[icon]/'],
  ['/icons/[icon]', '/icons/alien', ignore, '/icons/[icon]'],
  ['/', '/', always, '/'],
  ['/', '/', never, '/'],
  ['/[...rest]', '/a/b/', always, '/[...rest]/'],
  ['/feed.xml', '/feed.xml', always, '/feed.xml'],
  ['/[icon]', '/tools/alien/', { base: '/tools/', trailingSlash: 'always' }, '/tools/[icon]/'],
  ['/', '/tools/', { base: '/tools', trailingSlash: 'always' }, '/tools/'],
  ['/404', '/nowhere/', always, undefined],
  ['/500', '/icons/', always, undefined],
])('%s asked for as %s', (pattern, path, style, expected) => {
  expect(httpRoute(pattern, path, style)).toBe(expected);
});
