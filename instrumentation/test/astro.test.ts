import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { App, FIXTURES, REGISTER } from './support/app.ts';
import { Receiver } from './support/receiver.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const run = promisify(execFile);
const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

let site: string;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await new Receiver().listen();
  site = await mkdtemp(join(tmpdir(), 'onetrace-astro-'));
  await cp(join(FIXTURES, 'site'), site, { recursive: true });
  await symlink(NODE_MODULES, join(site, 'node_modules'));
  await run(process.execPath, [join(NODE_MODULES, 'astro/bin/astro.mjs'), 'build'], {
    cwd: site,
    env: {
      ...process.env,
      ASTRO_TELEMETRY_DISABLED: '1',
      ONETRACE_INTEGRATION: new URL('../src/astro/index.ts', import.meta.url).href,
    },
  });
});
afterAll(async () => {
  receiver.close();
  await rm(site, { recursive: true, force: true });
});

test('a production build names its server spans by route, and runs without the preload', async () => {
  const entry = join(site, 'dist/server/entry.mjs');
  const env = { ...receiver.env, PORT: '4434', HOST: '127.0.0.1' };

  const traced = new App(entry, env, ['--import', REGISTER]);
  await traced.prints(/listening/);
  for (const path of ['/icons/8bit/alien/', '/moved/', '/feed.xml', '/nowhere/'])
    await fetch(`http://127.0.0.1:4434${path}`);
  traced.process.kill('SIGTERM');
  await traced.ended();
  expect(receiver.spans.map((span) => [span.name, span.attributes['http.route']])).toEqual([
    ['GET /icons/[category]/[icon]/', '/icons/[category]/[icon]/'],
    ['GET /moved/', '/moved/'],
    ['GET /feed.xml', '/feed.xml'],
    ['GET', undefined],
  ]);

  const plain = new App(entry, env, []);
  await plain.prints(/listening/);
  expect((await fetch('http://127.0.0.1:4434/icons/8bit/alien/')).status).toBe(200);
  await plain.kill();
});
