import { once } from 'node:events';
import pWaitFor from 'p-wait-for';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { App, REGISTER } from './support/app.ts';
import { grpcReceiver, Receiver } from './support/receiver.ts';

vi.setConfig({ testTimeout: 30_000 });

const SAMPLED = '00-11111111111111111111111111111111-2222222222222222-01';
const NOT_SAMPLED = '00-33333333333333333333333333333333-2222222222222222-00';
/** OTLP's numbers for span kinds. */
const SERVER = 2;
const CLIENT = 3;
/** Longer than any test: what arrives did not come by the batch schedule. */
const NO_SCHEDULE = { OTEL_BSP_SCHEDULE_DELAY: '600000' };

let receiver: Receiver;
const apps: App[] = [];

function start(...args: ConstructorParameters<typeof App>): App {
  const app = new App(...args);
  apps.push(app);
  return app;
}

beforeEach(async () => {
  receiver = await new Receiver().listen();
});
afterEach(async () => {
  receiver.close();
  await Promise.all(apps.splice(0).map((app) => app.kill()));
});

describe('spans', () => {
  test('travel by gRPC unless told otherwise', async () => {
    const { server, endpoint, bytes } = await grpcReceiver();
    const app = start('server.mjs', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'by-grpc' });
    await fetch(`${await app.address()}/page`);
    app.process.kill('SIGTERM');
    await app.ended();
    expect(bytes()).toContain('by-grpc');
    expect(bytes()).toContain('/page');
    expect(app.stderr).toBe('');
    server.close();
  });

  test('exist for what is sampled and not ignored, and say which process they come from', async () => {
    const app = start('server.mjs', {
      ...receiver.env,
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'team=icons',
    });
    const address = await app.address();
    await fetch(`${address}/healthz`);
    await fetch(`${address}/unsampled`, { headers: { traceparent: NOT_SAMPLED } });
    await fetch(`${address}/page?q=1`, { headers: { traceparent: SAMPLED } });
    app.process.kill('SIGTERM');
    await app.ended();
    expect(receiver.spans.map((span) => span.attributes['url.path'])).toEqual(['/page']);
    expect(receiver.spans[0]).toMatchObject({
      traceId: '11111111111111111111111111111111',
      resource: {
        'service.name': 'shop',
        'service.version': '0.1.0',
        'service.instance.id': expect.any(String),
        team: 'icons',
      },
    });
  });

  test('connect a server with what it calls, by functions imported as ES modules, even if something imported them before', async () => {
    const earlier = 'data:text/javascript,import "node:http"';
    const app = start('server.mjs', receiver.env, ['--import', earlier, '--import', REGISTER]);
    await fetch(`${await app.address()}/calls`, { headers: { traceparent: SAMPLED } });
    app.process.kill('SIGTERM');
    await app.ended();
    const below = (spanId: string): unknown[] =>
      receiver.spans.filter((span) => span.parentSpanId === spanId).map((s) => [s.traceId, s.kind, ...below(s.spanId)]);
    const traceId = '11111111111111111111111111111111';
    expect(below('2222222222222222')).toEqual([[traceId, SERVER, [traceId, CLIENT, [traceId, SERVER]]]]);
    // Not every one by chance on a whole millisecond, as the SDK alone has it.
    expect(receiver.spans.some((span) => BigInt(span.startTimeUnixNano) % 1_000_000n !== 0n)).toBe(true);
  });

  test('of a forced trace leave at once, without waiting for the batch schedule', async () => {
    const app = start('server.mjs', { ...receiver.env, ...NO_SCHEDULE });
    await fetch(`${await app.address()}/forced`, { headers: { traceparent: SAMPLED, tracestate: 'onetrace=force' } });
    await receiver.waitFor('/forced');
    await fetch(`${await app.address()}/plain`, { headers: { traceparent: SAMPLED } });
    expect(receiver.find('/plain')).toBeUndefined();
  });
});

describe('by gRPC, where bytes are batched instead of spans', () => {
  test('a forced trace leaves at once, the others with the end of the process', async () => {
    const { server, endpoint, bytes } = await grpcReceiver();
    const app = start('server.mjs', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...NO_SCHEDULE });
    await fetch(`${await app.address()}/plain`);
    await fetch(`${await app.address()}/forced`, { headers: { traceparent: SAMPLED, tracestate: 'onetrace=force' } });
    await pWaitFor(() => bytes().includes('/forced'), { timeout: 10_000 });
    await fetch(`${await app.address()}/later`);
    expect(bytes()).not.toContain('/later');
    app.process.kill('SIGTERM');
    await app.ended();
    expect(bytes()).toContain('/plain');
    expect(bytes()).toContain('/later');
    server.close();
  });

  test('a Collector that is away costs one line, and one when it is back', async () => {
    const { server, endpoint } = await grpcReceiver();
    server.close();
    const app = start('server.mjs', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '50' });
    const address = await app.address();
    for (let i = 0; i < 20; i++) expect((await fetch(address)).status).toBe(200);
    await app.prints(/spans do not reach/);
    const back = await grpcReceiver(Number(new URL(endpoint).port));
    // A batch that was on its way is lost.
    await pWaitFor(
      async () => {
        await fetch(`${address}/again`);
        return /spans reach .* again/.test(app.stderr);
      },
      { interval: 50, timeout: 20_000 },
    );
    expect(back.bytes()).toContain('/again');
    expect(app.stderr.trim().split('\n')).toHaveLength(2);
    back.server.close();
  });
});

describe('the end of a process', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s: requests in flight are answered, their spans arrive, and the signal is what ends it',
    async (signal) => {
      const app = start('server.mjs', { ...receiver.env, ...NO_SCHEDULE });
      const address = await app.address();
      const slow = fetch(`${address}/slow`);
      await app.prints(/slow request began/);
      app.process.kill(signal);
      expect(await (await slow).text()).toBe('slow');
      expect(await app.ended()).toEqual({ code: null, signal });
      expect(receiver.find('/slow')).toBeDefined();
      await expect(fetch(address)).rejects.toThrow();
    },
  );

  test('is not held up by a request that never ends', async () => {
    const app = start('server.mjs', { ...receiver.env, ...NO_SCHEDULE, ONETRACE_SHUTDOWN_TIMEOUT: '200' });
    const slow = fetch(`${await app.address()}/slow`).catch(() => 'cut off');
    await app.prints(/slow request began/);
    app.process.kill('SIGTERM');
    expect(await app.ended()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await slow).toBe('cut off');
  });

  test("is the app's, with a handler of its own; the spans arrive all the same", async () => {
    const app = start('server.mjs', { ...receiver.env, ...NO_SCHEDULE, OWN_HANDLER: '1' });
    // No keep-alive: the handler waits for every connection.
    const slow = fetch(`${await app.address()}/slow`, { headers: { connection: 'close' } });
    await app.prints(/slow request began/);
    app.process.kill('SIGTERM');
    await slow;
    expect(await app.ended()).toEqual({ code: 7, signal: null });
    expect(receiver.find('/slow')).toBeDefined();
  });

  test('is not mistaken for handled because signal-exit listens, and signal-exit still cleans up', async () => {
    const app = start('signal-exit.mjs', receiver.env);
    await app.address();
    app.process.kill('SIGTERM');
    expect(await app.ended()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(app.stdout).toContain('cleaned up');
  });
});

describe('the app goes on', () => {
  test('when the Collector is down, with one line about it, and one when it is back', async () => {
    const { env } = receiver;
    receiver.close();
    // The exporter tries HTTP again for as long as this; gRPC gives up at once.
    const app = start('server.mjs', { ...env, OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
    const address = await app.address();
    for (let i = 0; i < 20; i++) expect((await fetch(address)).status).toBe(200);
    await app.prints(/spans do not reach/);
    receiver = await new Receiver().listen(Number(new URL(env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '').port));
    await fetch(address);
    await app.prints(/spans reach .* again/);
    expect(app.stderr.trim().split('\n')).toHaveLength(2);
  });

  test('and ends in time when the Collector accepts and never answers', async () => {
    const { createServer } = await import('node:net');
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const app = start('server.mjs', {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      ONETRACE_SHUTDOWN_TIMEOUT: '300',
    });
    await fetch(await app.address());
    app.process.kill('SIGINT');
    expect(await app.ended()).toEqual({ code: null, signal: 'SIGINT' });
    silent.close();
  });

  test('switched off: nothing of the SDK is loaded', async () => {
    const app = start('loaded.cjs', { OTEL_SDK_DISABLED: 'true' });
    await app.ended();
    expect(app.stdout).toBe('sdk files: 0\n');
  });

  test('switched on: it is, and a script that has nothing more to do ends by itself', async () => {
    const app = start('loaded.cjs', receiver.env);
    expect(await app.ended()).toEqual({ code: 0, signal: null });
    expect(app.stdout).not.toBe('sdk files: 0\n');
  });

  test.each([
    ['with the first package that one of them patches', {}, 'before: false, after: true'],
    ['at once, if the user names some', { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs' }, 'before: true, after: true'],
  ])('most instrumentations come %s', async (_, env, expected) => {
    const app = start('generic-pool.cjs', { ...receiver.env, OTEL_BSP_SCHEDULE_DELAY: '50', ...env });
    await app.ended();
    expect(receiver.spans.map(({ name }) => name)).toContain('generic-pool.acquire');
    expect(app.stdout).toBe(`loaded ${expected}\n`);
  });

  test('a worker that only answers loads nothing but the API', async () => {
    const app = start('loaded.mjs', receiver.env);
    expect(await app.ended()).toEqual({ code: 0, signal: null });
    expect(app.stdout).toBe('in a worker: @opentelemetry/api\n');
  });

  test('with worker threads, which inherit the preload', async () => {
    const app = start('worker.mjs', receiver.env);
    expect(await app.ended()).toEqual({ code: 0, signal: null });
    expect(app.stdout).toBe('worker inherits the preload\n');
  });
});
