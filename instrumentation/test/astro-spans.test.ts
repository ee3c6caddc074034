import { once } from 'node:events';
import { get } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { App, REGISTER } from './support/app.ts';
import { freePort } from './support/port.ts';
import { Receiver } from './support/receiver.ts';
import { type BuiltSite, buildSite } from './support/site.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

/** Every component, however fast, so that the trees are always the same. */
const ALL = { ONETRACE_COMPONENT_MIN_MS: '0', HOST: '127.0.0.1' };

let site: BuiltSite;
beforeAll(async () => {
  site = await buildSite();
});
afterAll(() => site.remove());

test('every place was found in this version of Astro', () => {
  expect(site.output).not.toContain('there will be no such span');
});

test('a page: what Astro does nests, a stream is followed to its end, many of the same are one', async () => {
  const receiver = await served({}, async (origin) => {
    expect(await (await fetch(`${origin}/cards/`)).text()).toContain('late');
  });
  expect(receiver.tree('/cards/')).toEqual([
    'GET /cards/',
    '  astro.static_lookup',
    '  astro.route.match',
    '  astro.route.load',
    '  astro.middleware checkOrigin',
    '    astro.middleware first',
    '      astro.middleware 1',
    '        astro.page.render',
    '          astro.component cards',
    '            astro.component Card',
    '              astro.component Badge',
    '            astro.component Late',
    '              astro.component Card',
    '                astro.component Badge',
    '  astro.response.write',
  ]);
  const folded = receiver.spans.filter((span) => span.attributes['onetrace.folded.count'] !== undefined);
  expect(folded.map((span) => [span.name, Number(span.attributes['onetrace.folded.count'])])).toEqual([
    ['astro.component Card', 20],
    ['astro.component Badge', 20],
  ]);
  const [page, late, write] = ['astro.page.render', 'astro.component Late', 'astro.response.write'].map((name) =>
    receiver.spans.find((span) => span.name === name),
  );
  expect(late?.attributes['code.file.path']).toMatch(/components\/Late\.astro$/);
  expect(BigInt(page?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(late?.endTimeUnixNano ?? 1));
  expect(BigInt(write?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(page?.endTimeUnixNano ?? 1));
});

test('a component that throws ends with its error, and so does what it is in', async () => {
  const receiver = await served({}, async (origin) => {
    await fetch(`${origin}/broken/`)
      .then((response) => response.text())
      .catch(() => undefined);
  });
  const tree = receiver.tree('/broken/').map((line) => line.trim());
  expect(tree).toContain('astro.component Thrower ! no such icon');
  expect(tree).toContain('astro.component broken ! no such icon');
  expect(tree).toContain('astro.page.render ! no such icon');
});

test('an endpoint that throws, an action, a collection and an island', async () => {
  const receiver = await served({}, async (origin) => {
    expect((await fetch(`${origin}/refuses/`)).status).toBe(500);
    const answer = await fetch(`${origin}/_actions/like/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
    });
    expect(await answer.text()).toContain('liked');
    expect(await (await fetch(`${origin}/notes/`)).text()).toContain('<output>3</output>');
  });
  const spans = (path: string) => receiver.tree(path).map((line) => line.trim());
  expect(spans('/refuses/')).toContain('astro.endpoint ! not today');
  expect(spans('/_actions/like/').join()).toContain('astro.action like');
  const notes = receiver.tree('/notes/');
  expect(notes.slice(notes.indexOf('        astro.page.render'))).toEqual([
    '        astro.page.render',
    '          astro.component notes',
    '            astro.content notes',
    '            astro.island.render Counter',
    '  astro.response.write',
  ]);
});

test('a client that hangs up in the middle of a stream ends everything', async () => {
  const receiver = await served({}, async (origin, app) => {
    const request = get(`${origin}/endless/`);
    const [response] = await once(request, 'response');
    await once(response, 'data');
    request.destroy();
    await app.closed('/endless/');
  });
  const tree = receiver.tree('/endless/').map((line) => line.trim());
  expect(tree).toContain('astro.component Never ! the request ended before this did');
  expect(tree).toContain('astro.page.render ! the request ended before this did');
});

test('without HTTP instrumentation the integration makes the server span, once', async () => {
  const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' };
  const receiver = await served(env, async (origin) => {
    await (await fetch(`${origin}/feed.xml`)).text();
  });
  expect(receiver.tree('/feed.xml').filter((line) => !line.includes('middleware'))).toEqual([
    'GET /feed.xml',
    '  astro.static_lookup',
    '  astro.route.match',
    '  astro.route.load',
    '        astro.endpoint',
    '  astro.response.write',
  ]);
  expect(receiver.find('/feed.xml')?.attributes).toMatchObject({ 'http.route': '/feed.xml' });
});

test('nothing is recorded of a request that is not sampled, and no components where they are off', async () => {
  const unsampled = await served({ OTEL_TRACES_SAMPLER: 'always_off' }, async (origin) => {
    expect((await fetch(`${origin}/cards/`)).status).toBe(200);
  });
  expect(unsampled.spans).toEqual([]);

  const pageOnly = await served({ ONETRACE_COMPONENTS: 'off' }, async (origin) => {
    await (await fetch(`${origin}/cards/`)).text();
  });
  const tree = pageOnly.tree('/cards/').map((line) => line.trim());
  expect(tree).toContain('astro.page.render');
  expect(tree.join()).not.toContain('astro.component');
});

/** Runs the built site with the preload, and gives back what it exported by the time it was gone. */
async function served(
  env: Record<string, string>,
  use: (origin: string, app: { closed(path: string): Promise<void> }) => Promise<void>,
): Promise<Receiver> {
  const receiver = await new Receiver().listen();
  const port = await freePort();
  const app = new App(site.entry, { ...ALL, ...receiver.env, PORT: port, OTEL_BSP_SCHEDULE_DELAY: '50', ...env }, [
    '--import',
    REGISTER,
  ]);
  await app.prints(/listening/i);
  await use(`http://127.0.0.1:${port}`, { closed: async (path) => void (await receiver.waitFor(path)) });
  app.process.kill('SIGTERM');
  await app.ended();
  receiver.close();
  return receiver;
}
