import { runSteps } from '../../progress.ts';
import type { Settings } from '../../settings.ts';
import { composeContainers, startCompose } from '../../stack/compose.ts';
import { assertFree } from '../../stack/ports.ts';
import { waitUntilReady } from '../../stack/readiness.ts';
import { type Service, services } from '../../stack/services.ts';
import { type Rows, summary } from './summary.ts';
import { warmUp } from './warm-up.ts';

/** The stack as containers. */
export async function upCompose(settings: Settings): Promise<string> {
  const started = performance.now();
  if ((await composeContainers()).length === 0) {
    await assertFree(services(settings, 'compose').flatMap(({ ports }) => ports));
  }
  const start = async (report: (line: string) => void) => startCompose(report).then(() => 'containers started');
  await runSteps([{ title: 'docker compose up', run: start }]);
  const ready = new Map<string, string>();
  const wait = async (service: Service): Promise<string> => {
    await waitUntilReady(service, { timeoutMs: 60_000, died: diedInCompose, next: `make logs S=${service.name}` });
    ready.set(service.name, `${((performance.now() - started) / 1000).toFixed(1)} s`);
    return 'healthy';
  };
  const steps = services(settings, 'compose').map((service) => ({ title: service.title, run: () => wait(service) }));
  await runSteps(steps, { concurrent: true });
  await runSteps([{ title: 'Warm-up', run: () => warmUp(settings) }]);
  const images = new Map((await composeContainers()).map(({ service, image }) => [service, image]));
  const row = (name: string) => ({ version: images.get(name) ?? '', ready: ready.get(name) ?? '' });
  const rows: Rows = { jaeger: row('jaeger'), collector: row('collector'), app: row('app'), nginx: row('nginx') };
  return summary(settings, 'compose', rows);
}

async function diedInCompose({ name }: Service): Promise<string | null> {
  const container = (await composeContainers()).find(({ service }) => service === name);
  if (container === undefined) return 'no container of it';
  return ['exited', 'dead'].includes(container.state) ? `its container ${container.state}` : null;
}
