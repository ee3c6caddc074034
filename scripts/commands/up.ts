import Table from 'cli-table3';
import { runSteps } from '../progress.ts';
import type { Settings } from '../settings.ts';
import { buildApp } from '../stack/build.ts';
import { composeContainers, startCompose } from '../stack/compose.ts';
import { stackEnvironment } from '../stack/environment.ts';
import { type Binaries, startLocal, waitForLocal } from '../stack/local.ts';
import { chooseMode, rememberMode } from '../stack/mode.ts';
import { pm2Version, withSupervisor } from '../stack/pm2.ts';
import { jaeger } from '../stack/programs/jaeger.ts';
import { resolveNginx } from '../stack/programs/nginx.ts';
import { otelcol } from '../stack/programs/otelcol.ts';
import type { Binary } from '../stack/programs/program.ts';
import { resolveProgram } from '../stack/programs/resolve.ts';
import { waitUntilReady } from '../stack/readiness.ts';
import { demoUrl, type Mode, services } from '../stack/services.ts';

export interface UpOptions {
  /** `local`, `compose`, or undefined to let the machine decide. */
  mode: string | undefined;
}

/** Brings everything up and says where it is. Running it again changes nothing and takes no time. */
export async function up(settings: Settings, options: UpOptions): Promise<string> {
  const mode = await chooseMode(options.mode);
  await rememberMode(mode);
  return mode === 'local' ? upLocal(settings) : upCompose(settings);
}

async function upLocal(settings: Settings): Promise<string> {
  const binaries = await resolveBinaries(settings);
  await runSteps([
    {
      title: 'Astro app',
      run: async (report) => ((await buildApp(report)) ? 'built' : 'unchanged since its last build'),
    },
  ]);
  const seconds = new Map<string, number>();
  await withSupervisor(async (supervisor) => {
    const started = await startLocal(supervisor, settings, binaries);
    const table = services(settings, 'local');
    await runSteps(
      table.map((service) => ({
        title: service.title,
        run: async () => {
          seconds.set(service.name, await waitForLocal(supervisor, service));
          return started.includes(service.name)
            ? `ready after ${seconds.get(service.name)?.toFixed(1)} s`
            : 'was up already';
        },
      })),
      { concurrent: true },
    );
  });
  const versions: Record<string, string> = {
    jaeger: named(binaries.jaeger),
    collector: named(binaries.collector),
    nginx: named(binaries.nginx),
    app: `PM2 ${pm2Version} · Node ${process.versions.node}`,
  };
  const caveat = binaries.jaeger.version === jaeger.build.version ? `Jaeger: ${jaeger.build.caveat}.\n` : '';
  return summary(settings, 'local', versions, seconds) + caveat;
}

async function resolveBinaries(settings: Settings): Promise<Binaries> {
  const binaries: Partial<Binaries> = {};
  const env = { ...process.env, ...stackEnvironment(settings, process.env) };
  const step = (title: string, key: keyof Binaries, find: (report: (line: string) => void) => Promise<Binary>) => ({
    title,
    run: async (report: (line: string) => void) => {
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

async function upCompose(settings: Settings): Promise<string> {
  await runSteps([{ title: 'docker compose up', run: async (report) => startCompose(report).then(() => 'healthy') }]);
  const seconds = new Map<string, number>();
  const table = services(settings, 'compose');
  await runSteps(
    table.map((service) => ({
      title: service.title,
      run: async () => {
        const took = await waitUntilReady(service, {
          timeoutMs: 30_000,
          died: async () => null,
          next: `make logs S=${service.name}`,
        });
        seconds.set(service.name, took);
        return 'ready';
      },
    })),
    { concurrent: true },
  );
  const containers = await composeContainers();
  const versions = Object.fromEntries(containers.map(({ service, image }) => [service, image]));
  return summary(settings, 'compose', versions, seconds);
}

function summary(
  settings: Settings,
  mode: Mode,
  versions: Record<string, string>,
  seconds: ReadonlyMap<string, number>,
): string {
  const table = new Table({
    head: ['component', 'version', 'address', 'ready after'],
    style: { head: [], border: [] },
  });
  for (const { name, title, address } of services(settings, mode)) {
    table.push([title, versions[name] ?? '', address, `${(seconds.get(name) ?? 0).toFixed(1)} s`]);
  }
  return `${table.toString()}\nNext: make trace URL=${demoUrl(settings)}\n`;
}

const named = ({ version, origin }: Binary) => `${version} (${origin})`;
