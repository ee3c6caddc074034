import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { pack } from '../instrumentation/test/support/installed.ts';
import { type ReceivedSpan, Receiver } from '../instrumentation/test/support/receiver.ts';
import { freePort, type Running, run, start } from './processes.ts';

/**
 * What `npm create astro` makes, so far as it matters here, with a server as its documentation adds it; and then, as our README says:
 * the package, one line in astro.config, one --import.
 */
const starter = {
  'package.json': '{ "name": "starter", "version": "0.0.1", "type": "module", "private": true }',
  'tsconfig.json': '{ "extends": "astro/tsconfigs/strict" }',
  'astro.config.mjs': `
    import node from '@astrojs/node';
    import onetrace from '@onetrace/instrumentation/astro';
    import { defineConfig } from 'astro/config';
    export default defineConfig({ output: 'server', adapter: node({ mode: 'standalone' }), integrations: [onetrace()] });`,
  'src/pages/index.astro': '<html lang="en"><body><h1>Astro</h1></body></html>',
  'src/pages/users/[id].astro': `---
import { traced } from '@onetrace/instrumentation';
const { root } = Astro.locals.trace;
const name = await traced('look up', async (span) => {
  await null;
  root.setAttribute('user.id', Astro.params.id);
  return Astro.locals.trace.current === span || !span.isRecording() ? 'Ada' : 'lost the span';
}, { table: 'users' });
---
<h1>{name}</h1>`,
};

/** Everything that one request has to give: names in the order of their starts, indented below their parent. */
const around = ['  astro.static_lookup', '  astro.route.match', '  astro.route.load', '  astro.middleware checkOrigin'];
const trees: Record<string, string[]> = {
  '/': ['GET /', ...around, '    astro.page.render', '      astro.component index', '  astro.response.write'],
  '/users/7': [
    'GET /users/[id]',
    ...around,
    '    astro.page.render',
    '      astro.component [id]',
    '        look up',
    '  astro.response.write',
  ],
};

let packed: string;
let receiver: Receiver;
beforeAll(async () => {
  packed = await pack(await mkdtemp(join(tmpdir(), 'onetrace-packed-')));
  receiver = await new Receiver().listen();
});
afterAll(async () => {
  receiver.close();
  await rm(dirname(packed), { recursive: true, force: true });
});

describe.each([
  { astro: 5, adapter: 9 },
  { astro: 6, adapter: 10 },
  { astro: 7, adapter: 11 },
])('the package in a starter for Astro $astro', ({ astro, adapter }) => {
  let site: string;
  beforeAll(async () => {
    site = await mkdtemp(join(tmpdir(), `onetrace-astro-${astro}-`));
    for (const [file, text] of Object.entries(starter)) {
      await mkdir(dirname(join(site, file)), { recursive: true });
      await writeFile(join(site, file), text);
    }
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    await succeed('npm', ['install', ...quiet, `astro@${astro}`, `@astrojs/node@${adapter}`, packed], site);
    await succeed('npx', ['astro', 'build'], site);
  });
  afterAll(() => rm(site, { recursive: true, force: true }));

  test('gives the spans of each request, named by route', async () => {
    receiver.spans.length = 0;
    const { server, get } = await serve(site, ['--import', '@onetrace/instrumentation/register'], receiver.env);
    expect(await get('/')).toContain('<h1>Astro</h1>');
    expect(await get('/users/7')).toContain('<h1>Ada</h1>');
    await server.stop();
    for (const [path, tree] of Object.entries(trees)) expect(treeOf(path, receiver.spans)).toEqual(tree);
    expect(receiver.find('/users/7')?.attributes).toMatchObject({ 'http.route': '/users/[id]', 'user.id': '7' });
  });

  test('without the preload answers the same', async () => {
    const { get } = await serve(site, [], {});
    expect(await get('/users/7')).toContain('<h1>Ada</h1>');
  });
});

async function succeed(command: string, args: string[], cwd: string): Promise<void> {
  const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' };
  const { code, output } = await run(command, args, { cwd, env });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
}

async function serve(
  site: string,
  nodeArgs: string[],
  env: Record<string, string>,
): Promise<{ server: Running; get: (path: string) => Promise<string> }> {
  const port = await freePort();
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  const server = await start(
    process.execPath,
    [...nodeArgs, 'dist/server/entry.mjs'],
    { cwd: site, env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), ...env } },
    () => get('/favicon.svg'),
  );
  onTestFinished(() => server.stop());
  return { server, get };
}

/** The spans of the request for this path. */
function treeOf(path: string, spans: readonly ReceivedSpan[]): string[] {
  const root = spans.find((span) => span.attributes['url.path'] === path);
  if (root === undefined) throw new Error(`no span for ${path}; arrived: ${spans.map(({ name }) => name).join(', ')}`);
  return linesOf(root, spans);
}

function linesOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const children = spans
    .filter(({ parentSpanId }) => parentSpanId === span.spanId)
    .sort((one, other) => Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)));
  return [span.name, ...children.flatMap((child) => linesOf(child, spans)).map((line) => `  ${line}`)];
}
