import { realpathSync } from 'node:fs';

/** What PM2 says about this process; `undefined` outside PM2. */
export interface Pm2Process {
  id: number;
  mode: 'fork' | 'cluster';
  name: string | undefined;
  /** Number among the instances of the same app. */
  instance: number | undefined;
  /** After this many ms PM2 sends SIGKILL. */
  killTimeoutMs: number;
  entry: string | undefined;
  /** PM2 7 has an OpenTelemetry set-up of its own (`trace: true`). */
  tracesItself: boolean;
}

/** PM2's own default for kill_timeout (constants.js). */
const PM2_KILL_TIMEOUT_MS = 1600;
/** What PM2 starts in place of the app, and which then loads it. */
const PM2_CONTAINER = /[\\/]ProcessContainer(Fork)?\.js$/;
/** The PM2 command line, `pm2-runtime`, and the daemon, which is the cluster primary. */
const PM2_OWN_SCRIPT = /[\\/]pm2[\\/](lib[\\/]Daemon\.js|bin[\\/]pm2[^\\/]*)$/;

/**
 * A cluster worker gets the app's environment as JSON in one variable, and PM2's ProcessContainer.js spreads it into process.env only
 * after the preloads have run. Do the same now, for what an environment can hold; PM2 needs the JSON afterwards, so it stays.
 */
export function adoptPm2Environment(env: NodeJS.ProcessEnv): void {
  if (env.pm2_env === undefined) return;
  for (const [name, value] of Object.entries(JSON.parse(env.pm2_env) as Record<string, unknown>))
    if (value !== null && typeof value !== 'object') env[name] = String(value);
}

/**
 * Fork mode spreads the same names into the environment (ForkMode.js), so one reader serves both. Processes that the app starts
 * inherit them too: only one that runs PM2's container script is PM2's.
 */
export function pm2Process(env: NodeJS.ProcessEnv, script: string | undefined): Pm2Process | undefined {
  const id = number(env.pm_id);
  if (id === undefined || !isPm2Container(script)) return undefined;
  return {
    id,
    mode: env.exec_mode === 'cluster_mode' ? 'cluster' : 'fork',
    name: env.name,
    instance: number(env.NODE_APP_INSTANCE),
    killTimeoutMs: number(env.kill_timeout) ?? number(env.PM2_KILL_TIMEOUT) ?? PM2_KILL_TIMEOUT_MS,
    entry: env.pm_exec_path,
    tracesItself: env.trace === 'true',
  };
}

/** Whether this process was started by PM2 to run an app. */
export function isPm2Container(script: string | undefined): boolean {
  return script !== undefined && PM2_CONTAINER.test(script);
}

/** Whether the script is PM2 itself, which a preload in NODE_OPTIONS reaches as well. */
export function isPm2Itself(script: string | undefined): boolean {
  if (script === undefined) return false;
  try {
    return PM2_OWN_SCRIPT.test(realpathSync(script));
  } catch {
    return PM2_OWN_SCRIPT.test(script);
  }
}

function number(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? undefined : value;
}
