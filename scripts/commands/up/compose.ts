import { runSteps } from '../../progress.ts';
import type { Settings } from '../../settings.ts';
import { type Container, composeContainers, startCompose } from '../../stack/compose.ts';
import { assertFree } from '../../stack/ports.ts';
import type { Report } from '../../stack/programs/program.ts';
import { waitUntilReady } from '../../stack/readiness.ts';
import { type Service, services } from '../../stack/services.ts';
import { type Rows, summary, wasUp } from './summary.ts';
import { warmUp } from './warm-up.ts';

/** The stack as containers. */
export async function upCompose(settings: Settings): Promise<string> {
  const began = Date.now();
  const table = services(settings, 'compose');
  if ((await composeContainers()).length === 0) await assertFree(table.flatMap(({ ports }) => ports));
  const start = async (report: Report) => startCompose(report).then(() => 'containers healthy');
  await runSteps([{ title: 'docker compose up', run: start }]);
  // The containers are healthy by their own checks; whether the way from the host is open is left to us.
  const wait = (service: Service) =>
    waitUntilReady(service, { timeoutMs: 60_000, died: diedInCompose, next: `make logs S=${service.name}` });
  await runSteps(
    table.map((service) => ({ title: service.title, run: () => wait(service).then(() => 'reachable') })),
    { concurrent: true },
  );
  const containers = await composeContainers();
  const find = (name: string) => containers.find(({ service }) => service === name);
  const row = (name: string, health = name) => ({
    version: find(name)?.image ?? '',
    ready: readyAfter(find(health), began),
  });
  const rows: Rows = {
    jaeger: row('jaeger'),
    collector: row('collector', 'collector-health'), // its image has nothing to run a check with: its neighbour asks
    app: row('app'),
    nginx: row('nginx'),
  };
  if (rows.app.ready !== wasUp) await runSteps([{ title: 'Warm-up', run: () => warmUp(settings) }]);
  return summary(settings, 'compose', rows);
}

function readyAfter(container: Container | undefined, began: number): string {
  if (container === undefined) return '';
  if (container.startedAt < began) return wasUp;
  return container.healthyAfter === null ? 'not checked yet' : `${container.healthyAfter.toFixed(1)} s`;
}

async function diedInCompose({ name }: Service): Promise<string | null> {
  const container = (await composeContainers()).find(({ service }) => service === name);
  if (container === undefined) return 'no container of it';
  return ['exited', 'dead'].includes(container.state) ? `its container ${container.state}` : null;
}
