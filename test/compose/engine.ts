import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, which } from 'zx';
import { reason } from '../../scripts/failure.ts';
import { start } from '../processes.ts';

/** A Docker engine with Compose v2, and how to speak to it. */
export interface Engine {
  env: NodeJS.ProcessEnv;
  /** Started here, with images of its own: what is tagged in it cannot be mistaken for somebody's image. */
  own: boolean;
  stop: () => Promise<void>;
}

/**
 * The engine that answers already, when the official images can be had there; else one that is started here (as root, where
 * dockerd is installed).
 * @returns why there is none, as a sentence
 */
export async function findEngine(
  cache: string,
  hasImages: (engine: Engine) => Promise<boolean>,
): Promise<Engine | string> {
  const env = await withCompose(cache);
  if (env === null) return 'docker compose (v2) is not installed; test/compose/prepare.sh builds it';
  const answering: Engine = { env, own: false, stop: async () => {} };
  const answers = (await $({ env, quiet: true, nothrow: true, timeout: '10s' })`docker version`).exitCode === 0;
  if (answers && (await hasImages(answering))) return answering;

  const found = answers ? 'the Docker engine cannot pull the official images' : 'no Docker engine answers';
  const dockerd = await which('dockerd', { nothrow: true, path: `${process.env.PATH}:/usr/sbin:/sbin` });
  if (dockerd === null) return `${found}, and dockerd is not installed (as root, test/compose/prepare.sh installs it)`;
  if (process.getuid?.() !== 0) return `${found}, and only root can start one`;
  return startEngine(dockerd, cache, env).catch((error) => `${found}, and dockerd does not start: ${reason(error)}`);
}

/** Compose as the user has it, else the plugin that prepare.sh built. */
async function withCompose(cache: string): Promise<NodeJS.ProcessEnv | null> {
  for (const env of [process.env, { ...process.env, DOCKER_CONFIG: join(cache, 'docker') }]) {
    const asked = await $({ env, quiet: true, nothrow: true })`docker compose version`;
    if (asked.exitCode === 0) return env;
  }
  return null;
}

/** Images stay in the cache for the next run; socket, process id and state go. */
async function startEngine(dockerd: string, cache: string, base: NodeJS.ProcessEnv): Promise<Engine> {
  const state = await mkdtemp(join(tmpdir(), 'onetrace-dockerd-'));
  const images = join(cache, 'engine');
  await mkdir(images, { recursive: true });
  const host = `unix://${join(state, 'sock')}`;
  // Debian's engine has no BuildKit plugin; the classic builder knows everything that app/Dockerfile uses.
  const env = { ...base, DOCKER_HOST: host, DOCKER_BUILDKIT: '0' };
  const places = ['--data-root', images, '--exec-root', join(state, 'exec'), '--pidfile', join(state, 'pid')];
  const ready = () => $({ env, quiet: true, timeout: '5s' })`docker version`;
  const running = await start(dockerd, ['--host', host, ...places], { env: base }, ready);
  const stop = async () => {
    await running.stop('SIGTERM');
    await rm(state, { recursive: true, force: true });
  };
  return { env, own: true, stop };
}
