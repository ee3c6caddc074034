import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { App, REGISTER } from './support/app.ts';
import { Receiver } from './support/receiver.ts';
import { type BuiltSite, buildSite } from './support/site.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

/** OTLP's number of the kind. */
const SERVER = 2;

let site: BuiltSite;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await new Receiver().listen();
  site = await buildSite();
});
afterAll(async () => {
  receiver.close();
  await site.remove();
});

test('a production build names its server spans by route, and runs without the preload', async () => {
  const env = { ...receiver.env, PORT: '4434', HOST: '127.0.0.1' };

  const traced = new App(site.entry, env, ['--import', REGISTER]);
  await traced.prints(/listening/);
  for (const path of ['/icons/8bit/alien/', '/moved/', '/feed.xml', '/nowhere/'])
    await fetch(`http://127.0.0.1:4434${path}`);
  traced.process.kill('SIGTERM');
  await traced.ended();
  const servers = receiver.spans.filter((span) => span.kind === SERVER);
  expect(servers.map((span) => [span.name, span.attributes['http.route']])).toEqual([
    ['GET /icons/[category]/[icon]/', '/icons/[category]/[icon]/'],
    ['GET /moved/', '/moved/'],
    ['GET /feed.xml', '/feed.xml'],
    ['GET', undefined],
  ]);

  const plain = new App(site.entry, env, []);
  await plain.prints(/listening/);
  expect((await fetch('http://127.0.0.1:4434/icons/8bit/alien/')).status).toBe(200);
  await plain.kill();
});
