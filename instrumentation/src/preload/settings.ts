import type { Pm2Process } from './pm2.ts';
import { say } from './say.ts';

/** The few variables that are not OpenTelemetry's. */
export interface Settings {
  /** Paths that get no span; a trailing `*` stands for any rest. */
  ignorePaths: string[];
  /** All that a shutdown may take: requests in flight, then the last export. */
  shutdownTimeoutMs: number;
}

const DEFAULT_IGNORE_PATHS = '/healthz';
/** Fits PM2's default kill timeout of 1,600 ms, the shortest among the usual supervisors. */
const DEFAULT_SHUTDOWN_TIMEOUT_MS = 1400;
/** Left over before PM2 sends SIGKILL. */
const KILL_MARGIN_MS = 200;

export function readSettings(env: NodeJS.ProcessEnv, pm2: Pm2Process | undefined): Settings {
  return {
    ignorePaths: (env.ONETRACE_IGNORE_PATHS ?? DEFAULT_IGNORE_PATHS).split(/[\s,]+/).filter((path) => path !== ''),
    shutdownTimeoutMs: shutdownTimeout(env.ONETRACE_SHUTDOWN_TIMEOUT, pm2),
  };
}

function shutdownTimeout(text: string | undefined, pm2: Pm2Process | undefined): number {
  const byDefault = pm2 ? Math.max(0, pm2.killTimeoutMs - KILL_MARGIN_MS) : DEFAULT_SHUTDOWN_TIMEOUT_MS;
  if (text === undefined || text.trim() === '') return byDefault;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  say(`ONETRACE_SHUTDOWN_TIMEOUT: expected milliseconds, got '${text}'; using ${byDefault}`);
  return byDefault;
}
