import { createServer } from 'node:net';
import { portToPid } from 'pid-port';
import { $ } from 'zx';
import { absent } from '../failure.ts';
import type { Port } from './services.ts';

/** @throws Failure naming the first port that something else holds, what holds it, and the variable that moves ours. */
export async function assertFree(ports: readonly Port[]): Promise<void> {
  for (const { port, variable } of ports) {
    if (await isFree(port)) continue;
    throw absent({
      expected: `port ${port} on 127.0.0.1 to be free`,
      got: `${await holder(port)} listening there`,
      next: `end it, or choose another port: ${variable}=${port > 60_000 ? port - 1000 : port + 1000} make up (or write it into .env)`,
    });
  }
}

/** Binding is the only honest test: on Linux it also sees listeners on 0.0.0.0. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

async function holder(port: number): Promise<string> {
  const pid = await portToPid(port).catch(() => undefined);
  if (pid === undefined) return 'a process of another user or container';
  const named = await $({ quiet: true, nothrow: true })`ps -o comm= -p ${pid}`;
  return `${named.stdout.trim() || 'a process'} (pid ${pid})`;
}
