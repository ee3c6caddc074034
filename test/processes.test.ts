import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './processes.ts';

test('free ports are free, all different, and none that an outgoing connection may take first', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
  for (const port of ports) {
    expect(port).toBeLessThan(32_768);
    const server = createServer();
    await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done));
    server.close();
  }
});
