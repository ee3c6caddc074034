import { expect, test, vi } from 'vitest';
import { App, REGISTER } from './app.ts';
import { freePort } from './port.ts';
import { Receiver } from './receiver.ts';
import { copySite } from './site.ts';

/** OTLP's number of the kind. */
const SERVER = 2;
const ALL = { ONETRACE_COMPONENT_MIN_MS: '0', OTEL_BSP_SCHEDULE_DELAY: '50' };

/** What the development server of the fixture's site has to give, whichever Astro it is. */
export function astroDevSuite(nodeModules: () => string | undefined): void {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 200_000 });

  test.each([
    ['as Node makes the server span', {}],
    ['as the integration makes it', { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' }],
  ])('astro dev, %s: one for each request, with what Astro does below it', async (_, env) => {
    const { folder, command, env: ofSite, remove } = await copySite(nodeModules());
    const receiver = await new Receiver().listen();
    const port = await freePort();
    const app = new App(command, { ...ALL, ...receiver.env, ...ofSite, ...env }, ['--import', REGISTER], {
      args: ['dev', '--host', '127.0.0.1', '--port', port],
      cwd: folder,
    });
    try {
      await app.prints(/watching for file changes/);
      const answer = await fetch(`http://127.0.0.1:${port}/cards/`, { signal: AbortSignal.timeout(20_000) });
      expect(await answer.text()).toContain('late');
      await receiver.waitFor('/cards/');
    } finally {
      await app.kill();
      await remove();
      receiver.close();
    }
    expect(receiver.spans.filter((span) => span.kind === SERVER).map((span) => span.name)).toEqual(['GET /cards/']);
    const tree = receiver.tree('/cards/').map((line) => line.trim());
    expect(tree.slice(tree.indexOf('astro.middleware first'))).toEqual([
      'astro.middleware first',
      'astro.middleware 1',
      'astro.middleware second',
      'astro.page.render',
      'astro.component cards',
      'astro.component Card',
      'astro.component Badge',
      'astro.component Late',
      'astro.component Card',
      'astro.component Badge',
    ]);
  });
}
