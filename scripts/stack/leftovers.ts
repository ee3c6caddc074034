import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../settings.ts';
import { paths, pm2Home } from './paths.ts';
import { isFree } from './ports.ts';
import { services } from './services.ts';

/** What a stack in local mode that is down must not leave behind: processes, ports, pid files and sockets. */
export async function leftovers(settings: Settings): Promise<string[]> {
  const ports = services(settings, 'local').flatMap((service) => service.ports);
  const taken = await Promise.all(ports.map(async ({ port }) => ((await isFree(port)) ? [] : [`port ${port}`])));
  const locks = [
    join(pm2Home(), 'pm2.pid'),
    join(pm2Home(), 'rpc.sock'),
    join(pm2Home(), 'pub.sock'),
    join(paths.run, 'nginx.pid'),
  ];
  return [
    ...ownProcesses().map((pid) => `process ${pid}`),
    ...taken.flat(),
    ...locks.filter((path) => existsSync(path)).map((path) => `file ${path}`),
  ];
}

/** Everything that the stack starts carries its PM2_HOME in the environment (Linux only; elsewhere the ports have to tell). */
export function ownProcesses(): number[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && hasOurHome(pid));
}

export function hasOurHome(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`PM2_HOME=${pm2Home()}`);
  } catch {
    return false; // gone meanwhile, somebody else's, or no /proc on this system
  }
}
