import { expect, test, vi } from 'vitest';
import { type Bridge, openBridge } from '../bridge.ts';
import { init, sequence, withoutSpan, write } from './seams.ts';

const astro = { request: new Request('http://h/') } as never;
const answer = new Response();

test('without the preload everything is called straight through, once', () => {
  const instance = { factory: {}, onetrace_init: vi.fn(), onetrace_render: vi.fn() };
  expect(init(instance, {})).toBeUndefined();
  expect(instance.onetrace_init).toHaveBeenCalledOnce();
  expect(write((a: number, b: number) => a + b)(1, 2)).toBe(3);
});

test('a middleware has a span by its name or its number; what sequence returns, and what asks for none, has not', async () => {
  const names: string[] = [];
  openBridge({
    span: (name, _, run) => {
      names.push(name);
      return run();
    },
  } as Partial<Bridge> as Bridge);
  const last = async () => answer;
  const inner = sequence(original)(function auth(_, next) {
    return next();
  });
  const all = sequence(original)(
    withoutSpan((_, next) => next()),
    inner,
    (_, next) => next(),
  );
  expect(await all(astro, last)).toBe(answer);
  expect(names).toEqual(['astro.middleware auth', 'astro.middleware 2']);
});

/** As Astro's: each calls the one behind it. */
const original: Parameters<typeof sequence>[0] =
  (...handlers) =>
  (context, next) =>
    handlers.reduceRight<() => Promise<Response>>(
      (rest, handler) => async () => (await handler(context, rest as never)) as Response,
      next as () => Promise<Response>,
    )();
