import { expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import { buildReport } from './build.ts';
import { routeNames, routeOf } from './route.ts';

const report = (trace = firstUserTrace()) => buildReport({ trace, request: null, warnings: [] });

test('the route as the framework names it, then the path, with and without the method, then the root', () => {
  const path = '/freedevtools/svg_icons/8bit/sharp-solid-alien-8bit/';
  expect(routeNames(report())).toEqual([
    'GET /svg_icons/[category]/[icon]/',
    '/svg_icons/[category]/[icon]/',
    `GET ${path}`,
    path,
    'GET',
  ]);
});

test('without a route: the path, without its query', () => {
  const request = { 'http.request.method': 'POST', 'url.path': '/orders?id=1' };
  expect(routeOf(report(draw('POST ├┤', { POST: { attributes: request } })))).toBe('POST /orders');
});

test('no HTTP request: the root; nothing at all: said', () => {
  expect(routeOf(report(draw('process invoice ├┤')))).toBe('process invoice');
  expect(routeOf(report(draw('')))).toBe('(an empty trace)');
});
