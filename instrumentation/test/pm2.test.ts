import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pWaitFor from 'p-wait-for';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FIXTURES } from './support/app.ts';
import { installElsewhere } from './support/installed.ts';
import { Receiver } from './support/receiver.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const run = promisify(execFile);
const PM2 = fileURLToPath(new URL('../../node_modules/pm2/bin/pm2', import.meta.url));
const ECOSYSTEM = fileURLToPath(new URL('../../ecosystem.config.cjs', import.meta.url));

let app: string | undefined;
beforeAll(async () => {
  app = await installElsewhere();
  await cp(join(FIXTURES, 'server.mjs'), join(app, 'dist/server/entry.mjs'));
});
afterAll(async () => {
  if (app !== undefined) await rm(dirname(app), { recursive: true, force: true });
});

describe.each([
  { mode: 'fork', port: 4430 },
  { mode: 'cluster', port: 4432 },
])('the package, installed elsewhere, under the PM2 template in $mode mode', ({ mode, port }) => {
  let receiver: Receiver;
  let env: NodeJS.ProcessEnv;
  const pm2 = (...args: string[]) => run(process.execPath, [PM2, ...args], { env, cwd: tmpdir() });
  const addresses = [port, port + 1].map((p) => `http://127.0.0.1:${p}`);
  const answering = async () => {
    const all = await Promise.all(
      addresses.map((address) =>
        fetch(`${address}/healthz`).then(
          (r) => r.ok,
          () => false,
        ),
      ),
    );
    return all.filter(Boolean).length;
  };
  const bothAnswer = async () => (await answering()) === 2;

  beforeAll(async () => {
    receiver = await new Receiver().listen();
    env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PM2_HOME: await mkdtemp(join(tmpdir(), 'onetrace-pm2-')),
      ONETRACE_APP_DIR: app,
      ONETRACE_APP_PORT: String(port),
      ONETRACE_PM2_MODE: mode,
      ONETRACE_DEPLOYMENT: 'test',
      // What arrives came with the end of its process.
      OTEL_BSP_SCHEDULE_DELAY: '600000',
      ...receiver.env,
    };
    await pm2('start', ECOSYSTEM);
    await pWaitFor(bothAnswer, { timeout: 20_000 });
  });
  afterAll(async () => {
    await pm2('kill');
    receiver.close();
    await rm(env.PM2_HOME ?? '', { recursive: true, force: true });
  });

  test('both instances keep their ports through a reload of the file, and flush; spans say which instance they come from', async () => {
    await Promise.all(addresses.map((address) => fetch(`${address}/before`)));
    let reloading = true;
    const reload = pm2('reload', ECOSYSTEM).finally(() => {
      reloading = false;
    });
    while (reloading) expect(await answering()).toBeGreaterThan(0);
    await reload;
    await pWaitFor(bothAnswer, { timeout: 20_000 });
    await Promise.all(addresses.map((address) => fetch(`${address}/after`)));
    await pm2('stop', 'astro-ssr');

    for (const path of ['/before', '/after']) {
      const resources = receiver.spans.filter((s) => s.attributes['url.path'] === path).map((s) => s.resource);
      expect(resources).toHaveLength(2);
      for (const resource of resources)
        expect(resource).toMatchObject({
          'service.name': 'astro-ssr',
          'service.version': '3.2.1',
          'deployment.environment.name': 'test',
          'onetrace.pm2.mode': mode,
        });
      expect(resources.map((r) => Number(r['onetrace.pm2.id'])).sort()).toEqual([0, 1]);
      expect(new Set(resources.map((r) => r['service.instance.id'])).size).toBe(2);
    }
  });
});
