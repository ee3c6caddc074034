import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { App, REGISTER } from '../instrumentation/test/support/app.ts';
import { freePort } from '../instrumentation/test/support/port.ts';
import { Receiver } from '../instrumentation/test/support/receiver.ts';
import { buildSite, installAside, WORKER } from '../instrumentation/test/support/site.ts';
import { tree } from '../instrumentation/test/support/tree.ts';

const BUN = '1.4.5';
/** npm's package for the `bun` command fetches nothing: the program is in a package of the platform. */
const PLATFORM = `bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`;
const PRELOAD = ['--preload', new URL(REGISTER).pathname];

let nodeModules: string;
let bun: string;
let receiver: Receiver;
beforeAll(async () => {
  nodeModules = await installAside(`@oven/${PLATFORM}@${BUN}`);
  bun = join(nodeModules, '@oven', PLATFORM, 'bin/bun');
});
afterAll(() => rm(dirname(nodeModules), { recursive: true, force: true }));
beforeEach(async () => {
  receiver = await new Receiver().listen();
});
afterEach(() => receiver.close());

test('says what there is no span of, once', async () => {
  const app = new App('sqlite-bun.mjs', receiver.env, PRELOAD, { runtime: bun });
  await app.ended();
  expect(app.stderr).toMatch(/^onetrace: with Bun .*worker threads.*\n$/);
});

test('says that there are no function samples, and spans are made as ever', async () => {
  const app = new App('sqlite-bun.mjs', { ...receiver.env, ONETRACE_PROFILE: 'always' }, PRELOAD, { runtime: bun });
  await app.ended();
  expect(app.stderr).toMatch(/^onetrace: function samples are not available: Bun has no V8 profiler/m);
  expect(receiver.spans.map(({ name }) => name)).toContain('SELECT icon');
});

test('bun:sqlite: every statement in a trace is a span, and the app sees no difference', async () => {
  const plain = new App('sqlite-bun.mjs', {}, [], { runtime: bun });
  const traced = new App('sqlite-bun.mjs', receiver.env, PRELOAD, { runtime: bun });
  await Promise.all([plain.ended(), traced.ended()]);
  expect(plain.stdout).toContain('after: 1');
  expect(traced.stdout).toBe(plain.stdout);
  expect(
    tree(receiver.spans, (span) => `${span.name} ${span.attributes['db.response.returned_rows'] ?? ''}`.trim()),
  ).toEqual([
    'all',
    '  INSERT icon',
    '  INSERT icon',
    '  SELECT icon 2',
    '  SELECT icon 2',
    '  SELECT icon 1',
    '  SELECT icon 0',
    '  SELECT icon 2',
    '  DELETE icon',
    '  INSERT icon',
    '  SELEKT',
  ]);
  expect(JSON.stringify(receiver.spans)).not.toMatch(/alien|sword|secret/);
});

test('Astro: the server span and all below it, in the trace of the caller; the last spans leave before the process', async () => {
  const site = await buildSite();
  const port = await freePort();
  const env = {
    ...receiver.env,
    HOST: '127.0.0.1',
    PORT: port,
    FIXTURE_WORKER: WORKER,
    ONETRACE_COMPONENT_MIN_MS: '0',
    ONETRACE_SHUTDOWN_TIMEOUT: '10000',
  };
  const app = new App(site.entry, env, PRELOAD, { runtime: bun });
  try {
    await app.prints(/listening/i);
    const headers = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };
    const response = await fetch(`http://127.0.0.1:${port}/lookup/sword/`, {
      headers,
      signal: AbortSignal.timeout(10_000),
    });
    expect(await response.text()).toContain('<p>sword</p>');
    app.process.kill('SIGTERM');
    await app.ended();
  } finally {
    await app.kill();
    await site.remove();
  }
  expect(receiver.find('/lookup/sword/')).toMatchObject({ traceId: '1'.repeat(32), parentSpanId: '2'.repeat(16) });
  expect(receiver.tree('/lookup/sword/')).toEqual([
    'GET /lookup/[id]/',
    '  astro.static_lookup',
    '  astro.route.match',
    '  astro.route.load',
    '  astro.middleware checkOrigin',
    '    astro.middleware first',
    '      astro.middleware 1',
    '        astro.middleware second',
    '          astro.page.render',
    '            astro.component [id]',
    '              astro.component Found',
    '              astro.component Late',
    '                astro.component Found',
    '  astro.response.write',
  ]);
});
