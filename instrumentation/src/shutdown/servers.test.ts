import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, get, IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { drainServers, watchServers } from './servers.ts';

watchServers();

test('a response that is breaking off is waited for: its span ends with it', async () => {
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

/** As in Node 22, where such a response never closes. */
test.each([
  ['before', true],
  ['while it is waited for', false],
])('a response that waits for another one is over when their connection breaks, %s', async (_when, before) => {
  const socket = Object.assign(new Socket(), { _httpMessage: {} });
  const request = new IncomingMessage(socket);
  const response = new ServerResponse(request);
  channel('http.server.request.start').publish({ server: createServer(), request, response, socket });
  if (before) await once(socket.destroy(), 'close');
  // Far longer than a test may take.
  const drained = drainServers(600_000);
  setImmediate(() => socket.destroy());
  await drained;
});
