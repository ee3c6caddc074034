import { once } from 'node:events';
import { get } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { App, REGISTER } from './app.ts';
import { freePort } from './port.ts';
import { Receiver } from './receiver.ts';
import { type BuiltSite, buildSite } from './site.ts';

/** Every component, however fast, and every span, however busy the machine: the trees are always the same. */
const ALL = { ONETRACE_COMPONENT_MIN_MS: '0', ONETRACE_SHUTDOWN_TIMEOUT: '10000', HOST: '127.0.0.1' };

/** What the fixture's site has to give, whichever Astro has built it. */
export function astroSuite(nodeModules?: () => string): void {
  vi.setConfig({ testTimeout: 30_000, hookTimeout: 200_000 });

  let site: BuiltSite;
  beforeAll(async () => {
    site = await buildSite(nodeModules?.());
  });
  afterAll(() => site.remove());

  test('every place was found in this version of Astro', () => {
    expect(site.output).not.toContain('there will be no such span');
  });

  test('a page: what Astro does nests, a stream is followed to its end, many of the same are one', async () => {
    const receiver = await served(site, {}, async ({ ask }) => {
      expect(await (await ask('/cards/')).text()).toContain('late');
    });
    expect(receiver.tree('/cards/')).toEqual([
      'GET /cards/',
      '  astro.static_lookup',
      '  astro.route.match',
      '  astro.route.load',
      '  astro.middleware checkOrigin',
      '    astro.middleware first',
      '      astro.middleware 1',
      '        astro.middleware second',
      '          astro.page.render',
      '            astro.component cards',
      '              astro.component Card',
      '                astro.component Badge',
      '              astro.component Late',
      '                astro.component Card',
      '                  astro.component Badge',
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
    const receiver = await served(site, {}, async ({ ask }) => {
      await ask('/broken/')
        .then((response) => response.text())
        .catch(() => undefined);
    });
    const tree = receiver.tree('/broken/').map((line) => line.trim());
    expect(tree).toContain('astro.component Thrower ! no such icon');
    expect(tree).toContain('astro.component broken ! no such icon');
    expect(tree).toContain('astro.page.render ! no such icon');
  });

  test('an endpoint that throws, an action, a collection and an island', async () => {
    const receiver = await served(site, {}, async ({ ask, origin }) => {
      expect((await ask('/refuses/')).status).toBe(500);
      const answer = await ask('/_actions/like/', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
      });
      expect(await answer.text()).toContain('liked');
      expect(await (await ask('/notes/')).text()).toContain('<output>3</output>');
    });
    const spans = (path: string) => receiver.tree(path).map((line) => line.trim());
    expect(spans('/refuses/')).toContain('astro.endpoint ! not today');
    expect(spans('/_actions/like/')).toContain('astro.action like');
    const notes = receiver.tree('/notes/');
    expect(notes.slice(notes.indexOf('          astro.page.render'))).toEqual([
      '          astro.page.render',
      '            astro.component notes',
      '              astro.content notes',
      '              astro.island.render Counter',
      '  astro.response.write',
    ]);
  });

  test('a server island is in the trace of its page: once, and not for whoever else has the address', async () => {
    const receiver = await served(site, {}, async ({ ask }) => {
      const fetches = islands(await (await ask('/shop/')).text());
      expect(fetches.map(({ init }) => init.method)).toEqual(['GET', 'POST']);
      for (const { address, init } of fetches) expect(await (await ask(address, init)).text()).toContain(': 7');
      const { address = '', init } = fetches[0] ?? {};
      await (await ask(address, init)).text();
      await (await ask(address.replace(/onetrace=.{4}/, 'onetrace=abcd'), init)).text();
      await (
        await ask(address, { ...init, headers: { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` } })
      ).text();
    });
    const page = receiver.tree('/shop/');
    expect(page.filter((line) => /shop|server-islands|Stock/.test(line)).map((line) => line.trim())).toEqual([
      'GET /shop/',
      'astro.component shop',
      'GET /_server-islands/[name]/',
      'astro.component Stock',
      'POST /_server-islands/[name]/',
      'astro.component Stock',
    ]);
    const requests = receiver.spans.filter((span) => span.name === 'GET /_server-islands/[name]/');
    const [joined, again, forged, proxied] = requests;
    expect(requests.map((span) => span.links.map(({ spanId }) => spanId))).toEqual([
      [],
      [joined?.parentSpanId],
      [],
      [joined?.parentSpanId],
    ]);
    expect([again?.parentSpanId, forged?.parentSpanId]).toEqual([undefined, undefined]);
    expect(proxied?.traceId).toBe('1'.repeat(32));
  });

  test('a client that hangs up in the middle of a stream ends everything', async () => {
    const receiver = await served(site, {}, async ({ origin, closed }) => {
      const request = get(`${origin}/endless/`);
      const [response] = await once(request, 'response');
      await once(response, 'data');
      request.destroy();
      await closed('/endless/');
    });
    const tree = receiver.tree('/endless/').map((line) => line.trim());
    expect(tree).toContain('astro.component Never ! the request ended before this did');
    expect(tree).toContain('astro.page.render ! the request ended before this did');
  });

  test('without HTTP instrumentation the integration makes the server span, once', async () => {
    const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' };
    const receiver = await served(site, env, async ({ ask }) => {
      await (await ask('/feed.xml')).text();
    });
    expect(receiver.tree('/feed.xml').filter((line) => !line.includes('middleware'))).toEqual([
      'GET /feed.xml',
      '  astro.static_lookup',
      '  astro.route.match',
      '  astro.route.load',
      '          astro.endpoint',
      '  astro.response.write',
    ]);
    expect(receiver.find('/feed.xml')?.attributes).toMatchObject({ 'http.route': '/feed.xml' });
  });

  test('nothing is recorded of a request that is not sampled, and no components where they are off', async () => {
    const unsampled = await served(site, { OTEL_TRACES_SAMPLER: 'always_off' }, async ({ ask }) => {
      expect((await ask('/cards/')).status).toBe(200);
    });
    expect(unsampled.spans).toEqual([]);

    const pageOnly = await served(site, { ONETRACE_COMPONENTS: 'off' }, async ({ ask }) => {
      await (await ask('/cards/')).text();
    });
    const tree = pageOnly.tree('/cards/').map((line) => line.trim());
    expect(tree).toContain('astro.page.render');
    expect(tree.join()).not.toContain('astro.component');
  });
}

/** What the page's scripts would fetch. */
function islands(html: string): { address: string; init: RequestInit }[] {
  const scripts = [...html.matchAll(/<script[^>]+data-island-id[^>]+>(.*?)<\/script>/gs)].map(
    ([, script = '']) => script,
  );
  return scripts.map((script) => {
    const address = /fetch\(["']([^"']+)["']/.exec(script)?.[1] ?? '';
    const data = [...script.matchAll(/(encrypted\w+): "([^"]*)"/g)].map(([, name, value]) => [name, value]);
    if (data.length === 0) return { address, init: { method: 'GET' } };
    const headers = { 'content-type': 'application/json' };
    return { address, init: { method: 'POST', body: JSON.stringify(Object.fromEntries(data)), headers } };
  });
}

interface Served {
  origin: string;
  /** `fetch` that gives up: a page that never ends would hold it for minutes. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Waits for the server span of a path. */
  closed(path: string): Promise<void>;
}

/** Runs the built site with the preload, and gives back what it exported by the time it was gone. */
async function served(
  site: BuiltSite,
  env: Record<string, string>,
  use: (app: Served) => Promise<void>,
): Promise<Receiver> {
  const receiver = await new Receiver().listen();
  const port = await freePort();
  const app = new App(site.entry, { ...ALL, ...receiver.env, PORT: port, OTEL_BSP_SCHEDULE_DELAY: '50', ...env }, [
    '--import',
    REGISTER,
  ]);
  const origin = `http://127.0.0.1:${port}`;
  try {
    await app.prints(/listening/i);
    await use({
      origin,
      ask: (path, init) => fetch(origin + path, { ...init, signal: AbortSignal.timeout(10_000) }),
      closed: async (path) => void (await receiver.waitFor(path)),
    });
    app.process.kill('SIGTERM');
    await app.ended();
  } finally {
    await app.kill();
    receiver.close();
  }
  return receiver;
}
