import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProcessDescription, StartOptions } from 'pm2';
import type { Settings } from '../settings.ts';
import { builtHash } from './build.ts';
import { stackEnvironment } from './environment.ts';
import { nginxConfiguration, prepareNginx } from './nginx.ts';
import { paths, root } from './paths.ts';
import { daemonPid, endSupervisor, type Supervisor, withSupervisor } from './pm2.ts';
import { assertFree } from './ports.ts';
import type { Binary } from './programs/program.ts';
import { waitUntilReady } from './readiness.ts';
import { instances, type Service, services } from './services.ts';

export interface Binaries {
  jaeger: Binary;
  collector: Binary;
  nginx: Binary;
}

type Name = Service['name'];
/** Our names and those of the processes in PM2; the app's comes from ecosystem.config.cjs. */
const processName = (name: Name): string => (name === 'app' ? 'astro-ssr' : name);

/**
 * Starts what does not run yet with today's configuration, and leaves alone what does.
 * @returns the components that were started, each with the moment (`performance.now()`)
 */
export async function startLocal(
  supervisor: Supervisor,
  settings: Settings,
  binaries: Binaries,
): Promise<Map<Name, number>> {
  const directories = [paths.run, paths.queue, paths.traces, dirname(paths.spanFile)];
  await Promise.all(directories.map((directory) => mkdir(directory, { recursive: true })));
  Object.assign(process.env, stackEnvironment(settings)); // PM2 hands our environment on; ecosystem.config.cjs reads it, too
  const definitions = await define(settings, binaries);
  delete process.env.ONETRACE_KEY; // nginx has it now, and nobody else needs it
  const running = await supervisor.list();
  const stale = definitions.filter(({ name, fingerprint }) => !isCurrent(running, processName(name), fingerprint));
  for (const { name } of stale) {
    if (running.some((process) => process.name === processName(name))) await supervisor.remove(processName(name));
  }
  const names = stale.map(({ name }) => name);
  await assertFree(
    services(settings, 'local')
      .filter(({ name }) => names.includes(name))
      .flatMap(({ ports }) => ports),
  );
  if (names.includes('nginx')) await dropLargeSpanFile();
  const started = new Map<Name, number>();
  for (const { name, what, fingerprint } of stale) {
    process.env.ONETRACE_FINGERPRINT = fingerprint;
    started.set(name, performance.now());
    await supervisor.start(what);
  }
  return started;
}

/** Nobody rotates the span file of a developer's machine (production: nginx/logrotate.conf), so it starts anew when it is large. */
async function dropLargeSpanFile(): Promise<void> {
  const { size } = await stat(paths.spanFile).catch(() => ({ size: 0 }));
  if (size > 64 * 2 ** 20) await rm(paths.spanFile);
}

/** Waits for one component. A process that PM2 had to restart before it was ready has failed. */
export function waitForLocal(supervisor: Supervisor, service: Service, signal: AbortSignal): Promise<void> {
  return waitUntilReady(service, {
    timeoutMs: 60_000,
    signal,
    died: () => deathOf(service.name, supervisor),
    next: `make logs S=${service.name}`,
  });
}

/** What PM2 says of our processes; empty when its daemon does not run (and none is started to ask). */
export async function localProcesses(): Promise<ProcessDescription[]> {
  return daemonPid() === null ? [] : withSupervisor((supervisor) => supervisor.list());
}

export const stopLocal = endSupervisor;

interface Definition {
  name: Name;
  what: string | StartOptions;
  /** Changes when the program, its configuration, or its environment does: then it has to be started anew. */
  fingerprint: string;
}

async function define(settings: Settings, { jaeger, collector, nginx }: Binaries): Promise<Definition[]> {
  const nginxArguments = await prepareNginx(nginx.path, settings);
  const texts = {
    jaeger: await readFile(paths.jaegerConfig, 'utf8'),
    collector: await readFile(paths.collectorConfig, 'utf8'),
    nginx: await nginxConfiguration(),
    app: (await readFile(paths.ecosystem, 'utf8')) + (await builtHash()),
  };
  const programs = {
    jaeger: program('jaeger', jaeger.path, ['--config', paths.jaegerConfig]),
    collector: program('collector', collector.path, ['--config', paths.collectorConfig]),
    nginx: program('nginx', nginx.path, nginxArguments),
    app: paths.ecosystem,
  };
  const definition = (name: Name): Definition => {
    const material = JSON.stringify([
      programs[name],
      texts[name],
      name === 'nginx' && settings.ONETRACE_KEY,
      variablesOf(name, texts),
    ]);
    return { name, what: programs[name], fingerprint: createHash('sha256').update(material).digest('hex') };
  };
  return [definition('jaeger'), definition('collector'), definition('app'), definition('nginx')];
}

/**
 * The variables that a component depends on: those that its files name. The app may read any other one by itself, except
 * those of the command line. So a changed sampling share restarts the Collector, and Jaeger keeps its traces.
 */
function variablesOf(name: Name, texts: Record<Name, string>): [string, string | undefined][] {
  const commandLineOnly = /^ONETRACE_(FINGERPRINT|TRACE_TIMEOUT_MS|CACHE|DEBUG|KEY|.*_BIN)$/;
  const elsewhere = `${texts.jaeger}${texts.collector}`;
  const concerns = (variable: string) =>
    new RegExp(`\\b${variable}\\b`).test(texts[name]) ||
    (name === 'app' && !new RegExp(`\\b${variable}\\b`).test(elsewhere));
  return Object.entries(process.env)
    .filter(([variable]) => /^(ONETRACE|OTEL|ICON)_\w+$/.test(variable) && !commandLineOnly.test(variable))
    .filter(([variable]) => concerns(variable))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A binary under PM2: no interpreter, restarted with a growing delay, given time to end in order. */
function program(name: string, script: string, args: string[]): StartOptions {
  return { name, script, args, cwd: root, interpreter: 'none', kill_timeout: 5000, exp_backoff_restart_delay: 200 };
}

function isCurrent(running: readonly ProcessDescription[], name: string, fingerprint: string): boolean {
  const processes = running.filter((process) => process.name === name);
  const expected = name === processName('app') ? instances : 1;
  return (
    processes.length === expected &&
    processes.every((one) => isOnline(one) && environmentOf(one).ONETRACE_FINGERPRINT === fingerprint)
  );
}

async function deathOf(name: Name, supervisor: Supervisor): Promise<string | null> {
  const processes = (await supervisor.list()).filter((process) => process.name === processName(name));
  const dead = processes.find((one) => one.pm2_env?.status === 'errored' || (one.pm2_env?.restart_time ?? 0) > 0);
  if (processes.length > 0 && dead === undefined) return null;
  const log = dead?.pm2_env?.pm_err_log_path;
  const lines = log === undefined ? [] : (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-3);
  return `its process ending${lines.length > 0 ? ` with "${lines.join(' | ')}"` : ''}`;
}

const isOnline = (process: ProcessDescription) => process.pm2_env?.status === 'online';

/** PM2 keeps a process's variables beside its own fields; the published types do not say so. */
const environmentOf = (process: ProcessDescription) => (process.pm2_env ?? {}) as unknown as Record<string, unknown>;
