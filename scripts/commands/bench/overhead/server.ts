import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pWaitFor from 'p-wait-for';
import { root } from '../../../stack/paths.ts';
import { cpuTime } from './cpu-time.ts';
import type { Variant } from './variants.ts';

export interface Server extends AsyncDisposable {
  variant: Variant;
  /** http://127.0.0.1:port */
  address: string;
  /** Used so far, in ms. */
  cpu: () => Promise<number>;
  /** What it has printed on stderr. */
  complaints: () => string;
}

/** The built app in a process of its own, on a free port: what it inherits of the environment says nothing about tracing. */
export async function serve(variant: Variant, exportTo: string): Promise<Server> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [...variant.nodeArgs, 'dist/server/entry.mjs'], {
    cwd: join(root, 'app'),
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      OTEL_SERVICE_NAME: 'onetrace-bench',
      OTEL_EXPORTER_OTLP_ENDPOINT: exportTo,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_LOG_LEVEL: 'WARN',
      OTEL_BSP_SCHEDULE_DELAY: '1000',
      // Under full load spans come faster than they leave. None may be dropped: that would make them cheaper than they are.
      OTEL_BSP_MAX_QUEUE_SIZE: '65536',
      ...variant.env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const server: Server = {
    variant,
    address,
    cpu: () => cpuTime(child.pid ?? 0),
    complaints: () => complaints,
    [Symbol.asyncDispose]: async () => {
      if (gone()) return;
      // Upstream's preload hears SIGTERM and does not end; nothing here has anything to lose.
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
  try {
    await pWaitFor(() => gone() || answers(address), { interval: 50, timeout: 20_000 });
    if (gone()) throw new Error('it ended');
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw new Error(`the app (${variant.name}) does not answer on ${address}: ${complaints || error}`);
  }
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

function answers(address: string): Promise<boolean> {
  return fetch(`${address}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
}
