import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { $, which } from 'zx';
import { absent, misuse } from '../failure.ts';
import { paths, state } from './paths.ts';
import type { Mode } from './services.ts';

/**
 * Compose when a Docker engine answers and has Compose v2, local otherwise; `MODE` decides, where it is given.
 * @throws Failure when the mode that was asked for cannot be had
 */
export async function chooseMode(asked: string | undefined): Promise<Mode> {
  if (asked !== undefined && asked !== '' && asked !== 'local' && asked !== 'compose') {
    throw misuse({ expected: 'MODE to be local or compose', got: `"${asked}"`, next: 'make up MODE=local' });
  }
  if (asked === 'local') return 'local';
  const obstacle = await composeObstacle();
  if (obstacle === null) return 'compose';
  if (asked !== 'compose') return 'local';
  throw absent({
    expected: 'a Docker engine with Compose v2',
    got: obstacle,
    next: 'start or install it, or use the same programs as local processes: make up MODE=local',
  });
}

/** The mode of the stack that is up; null when `make up` has not been run since the last `make down`. */
export async function currentMode(): Promise<Mode | null> {
  const mode = (await readFile(paths.mode, 'utf8').catch(() => '')).trim();
  return mode === 'local' || mode === 'compose' ? mode : null;
}

export async function rememberMode(mode: Mode | null): Promise<void> {
  await mkdir(state, { recursive: true });
  await (mode === null ? rm(paths.mode, { force: true }) : writeFile(paths.mode, `${mode}\n`));
}

/** Null when Compose can be used, else what is in the way. */
async function composeObstacle(): Promise<string | null> {
  if (!(await which('docker', { nothrow: true }))) return 'no docker command';
  const engine = await $({ quiet: true, nothrow: true, timeout: '5s' })`docker version --format {{.Server.Version}}`;
  if (engine.exitCode !== 0) return 'no Docker engine that answers';
  const compose = await $({ quiet: true, nothrow: true, timeout: '5s' })`docker compose version --short`;
  return compose.exitCode === 0 ? null : 'a Docker engine without Compose v2';
}
