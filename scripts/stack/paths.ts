import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Settings } from '../settings.ts';

/** The checkout. Everything the stack writes lies under `.onetrace/` in it, or in the cache that checkouts share. */
export const root = resolve(import.meta.dirname, '../..');
export const state = join(root, '.onetrace');

export const paths = {
  run: join(state, 'run'),
  queue: join(state, 'queue'),
  spanFile: join(state, 'spans', 'otel-spans.jsonl'),
  traces: join(state, 'traces'),
  profiles: join(state, 'profiles'),
  reports: join(state, 'reports'),
  mode: join(state, 'mode'),
  buildStamp: join(state, 'build.sha256'),
  collectorConfig: join(root, 'otel-collector.yaml'),
  jaegerConfig: join(root, 'jaeger.yaml'),
  nginxConfig: join(root, 'nginx', 'nginx.conf'),
  ecosystem: join(root, 'ecosystem.config.cjs'),
} as const;

/** Programs that were downloaded or built: kept outside the checkout, so that a second clone starts at once. */
export function cacheDirectory(settings: Settings): string {
  return settings.ONETRACE_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'onetrace');
}

/**
 * PM2's home holds UNIX sockets, whose paths end at 104 bytes on macOS and 108 on Linux. A deep checkout gets a short
 * home of its own in /tmp instead.
 */
export function pm2Home(): string {
  const inside = join(state, 'pm2');
  if (Buffer.byteLength(inside) <= 80) return inside;
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return join('/tmp', `onetrace-pm2-${id}`); // not TMPDIR, which may differ between up and down
}
