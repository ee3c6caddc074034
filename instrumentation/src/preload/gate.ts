import { isMainThread } from 'node:worker_threads';
import { isPm2Itself } from './pm2.ts';

/** Why a process is left alone, and the line to print when its owner would wonder. */
export interface Reason {
  tell?: string;
  /** It is for the thread that started this one to say: it exports for both. */
  byParent?: true;
}

/** The oldest Node that the OpenTelemetry SDK runs on. */
const OLDEST_NODE: [major: number, minor: number] = [22, 15];

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  nodeVersion: string;
  script: string | undefined;
  mainThread: boolean;
}

/** `undefined`: trace it. */
export function reasonNotToTrace(at: Surroundings = here()): Reason | undefined {
  // Loading the SDK takes a quarter of a second and 40 MB per thread: a worker loads a small part and leaves the rest to the main thread.
  if (!at.mainThread) return { byParent: true };
  if (at.env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return {};
  if (isPm2Itself(at.script)) return {};
  if (isOlder(at.nodeVersion))
    return { tell: `tracing is off: it needs Node ${OLDEST_NODE.join('.')} or newer, this is ${at.nodeVersion}` };
  return undefined;
}

function here(): Surroundings {
  return {
    env: process.env,
    nodeVersion: process.versions.node,
    script: process.argv[1],
    mainThread: isMainThread,
  };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}
