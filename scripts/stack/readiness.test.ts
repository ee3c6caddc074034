import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { unhealthy, waitUntilReady } from './readiness.ts';
import type { Service } from './services.ts';

const service = (port: number): Service => ({
  name: 'jaeger',
  title: 'Jaeger',
  address: '',
  health: [`http://127.0.0.1:${port}/status`],
  ports: [],
});
const options = { timeoutMs: 300, died: async () => null, next: 'make logs S=jaeger' };

async function serve(status: () => number) {
  const server = createServer((_, res) => res.writeHead(status()).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

test('a component is ready when its health check answers 2xx', async () => {
  let asked = 0;
  const { server, port } = await serve(() => (asked++ < 2 ? 503 : 200));
  await waitUntilReady(service(port), { ...options, timeoutMs: 5000 });
  expect(asked).toBe(3);
  server.close();
});

test('one that refuses connections is not healthy, and the time-out tells the last error', async () => {
  expect(await unhealthy(service(1))).toMatch(/^http:\/\/127\.0\.0\.1:1\/status: /);
  await expect(waitUntilReady(service(1), options)).rejects.toThrow(
    /expected Jaeger to become ready within 0\.3 s, got http:\/\/127\.0\.0\.1:1\/status: .*Next: make logs S=jaeger/,
  );
});

test('one that answers 503 is not healthy', async () => {
  const { server, port } = await serve(() => 503);
  expect(await unhealthy(service(port))).toBe(`http://127.0.0.1:${port}/status answered 503`);
  server.close();
});

test('one that died is not waited for', async () => {
  const waiting = waitUntilReady(service(1), {
    ...options,
    timeoutMs: 60_000,
    died: async () => 'its process ending with "boom"',
  });
  await expect(waiting).rejects.toThrow('expected Jaeger to become ready, got its process ending with "boom"');
});
