import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { drainServers, watchServers } from './servers.ts';

test('a response that is breaking off is waited for: its span ends with it', async () => {
  watchServers();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  get(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).on('error', () => {});
  const [, response] = await once(server, 'request');
  let closed = false;
  response.once('close', () => {
    closed = true;
  });
  response.destroy();
  await drainServers(5000);
  expect(closed).toBe(true);
});
