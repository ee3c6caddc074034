import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { announceReady } from './ready.ts';

const CONTAINER = '/srv/node_modules/pm2/lib/ProcessContainerFork.js';
const { send } = process;
afterEach(() => {
  Object.assign(process, { send });
});

async function listenTwice(): Promise<void> {
  for (const server of [createServer(), createServer()]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  }
}

test('says ready once, when the first server listens', async () => {
  process.send = vi.fn(() => true);
  announceReady({ wait_ready: 'true' }, CONTAINER);
  expect(process.send).not.toHaveBeenCalled();
  await listenTwice();
  expect(process.send).toHaveBeenCalledExactlyOnceWith('ready');
});

test.each([
  ['PM2 does not wait', {}, CONTAINER],
  ['a child process of the app', { wait_ready: 'true' }, '/srv/app/job.mjs'],
])('says nothing: %s', async (_, env, script) => {
  process.send = vi.fn(() => true);
  announceReady(env, script);
  await listenTwice();
  expect(process.send).not.toHaveBeenCalled();
});
