import { runSteps } from '../../progress.ts';
import type { Settings } from '../../settings.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { buildApp } from '../../stack/build.ts';
import { stackEnvironment } from '../../stack/environment.ts';
import { type Binaries, localProcesses, startLocal, stopLocal, waitForLocal } from '../../stack/local.ts';
import { pm2Version, withSupervisor } from '../../stack/pm2.ts';
import { jaeger } from '../../stack/programs/jaeger.ts';
import { resolveNginx } from '../../stack/programs/nginx.ts';
import { otelcol } from '../../stack/programs/otelcol.ts';
import type { Binary, Report } from '../../stack/programs/program.ts';
import { resolveProgram } from '../../stack/programs/resolve.ts';
import { type Service, services } from '../../stack/services.ts';
import { type Rows, summary, wasUp } from './summary.ts';
import { warmUp } from './warm-up.ts';

/** The stack as local processes under PM2. */
export async function upLocal(settings: Settings): Promise<string> {
  const binaries = await resolveBinaries(settings);
  const build = async (report: Report) => ((await buildApp(report)) ? 'built' : 'unchanged since its last build');
  await runSteps([{ title: 'Astro app', run: build }]);
  const ready = await startAndWait(settings, binaries).catch(async (error: unknown) => {
    if ((await localProcesses()).length === 0) await stopLocal(); // nothing was started: no daemon is left behind for it
    throw error;
  });
  if (ready.app !== wasUp) await runSteps([{ title: 'Warm-up', run: () => warmUp(settings) }]);
  const rows: Rows = {
    jaeger: { version: named(binaries.jaeger), ready: ready.jaeger },
    collector: { version: named(binaries.collector), ready: ready.collector },
    nginx: { version: named(binaries.nginx), ready: ready.nginx },
    app: { version: `PM2 ${pm2Version}, Node ${process.versions.node}`, ready: ready.app },
  };
  const page = await jaegerOn(settings.ONETRACE_JAEGER_UI_PORT).link('');
  const caveat = page === null ? `Jaeger: ${jaeger.build.caveat}.\n` : '';
  return summary(settings, 'local', rows) + caveat;
}

async function resolveBinaries(settings: Settings): Promise<Binaries> {
  const binaries: Partial<Binaries> = {};
  const env = { ...process.env, ...stackEnvironment(settings) };
  const step = (title: string, key: keyof Binaries, find: (report: Report) => Promise<Binary>) => ({
    title,
    run: async (report: Report) => {
      const binary = await find(report);
      binaries[key] = binary;
      return named(binary);
    },
  });
  await runSteps([
    step(jaeger.title, 'jaeger', (report) => resolveProgram(jaeger, settings, env, report)),
    step(otelcol.title, 'collector', (report) => resolveProgram(otelcol, settings, env, report)),
    step('nginx', 'nginx', (report) => resolveNginx(settings, report)),
  ]);
  return binaries as Binaries;
}

/** For each component how long it took, or that it was there already. */
function startAndWait(settings: Settings, binaries: Binaries): Promise<Record<keyof Rows, string>> {
  return withSupervisor(async (supervisor) => {
    const started = await startLocal(supervisor, settings, binaries);
    const ready: Record<keyof Rows, string> = { jaeger: '', collector: '', app: '', nginx: '' };
    const failed = new AbortController();
    const wait = async (service: Service): Promise<string> => {
      await waitForLocal(supervisor, service, failed.signal);
      const since = started.get(service.name);
      ready[service.name] = since === undefined ? wasUp : `${((performance.now() - since) / 1000).toFixed(1)} s`;
      return ready[service.name];
    };
    const waits = services(settings, 'local').map((service) => ({ title: service.title, done: wait(service) }));
    await runSteps(
      waits.map(({ title, done }) => ({ title, run: () => done })),
      { concurrent: true },
    ).catch(async (error: unknown) => {
      failed.abort();
      await Promise.allSettled(waits.map(({ done }) => done)); // they ask PM2, which is about to be disconnected
      throw error;
    });
    return ready;
  });
}

const named = ({ version, origin }: Binary) => `${version} (${origin})`;
