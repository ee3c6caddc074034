import type { APIContext } from 'astro';
import { expect, test, vi } from 'vitest';
import { type Bridge, openBridge } from './bridge.ts';
import { routeMiddleware } from './middleware.ts';

const middleware = routeMiddleware({ base: '/', trailingSlash: 'always' });
const astro = { routePattern: '/[icon]', url: new URL('http://h/alien/'), locals: {} } as APIContext;
const answer = new Response();
const next = async () => answer;

test('without the preload the request passes through', async () => {
  expect(await middleware(astro, next)).toBe(answer);
});

test('with it the route is handed over before anything else runs', async () => {
  const nameRoute = vi.fn();
  openBridge({ nameRoute } as Partial<Bridge> as Bridge);
  expect(await middleware(astro, next)).toBe(answer);
  expect(nameRoute).toHaveBeenCalledWith('/[icon]/');
});
