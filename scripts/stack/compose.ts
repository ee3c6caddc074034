import { createInterface } from 'node:readline';
import { $ } from 'zx';
import { absent } from '../failure.ts';
import { root } from './paths.ts';
import type { Report } from './programs/program.ts';

/** Pulls, builds and starts the stack; each container waits for the health of those it needs. */
export async function startCompose(report: Report): Promise<void> {
  await compose(['up', '--detach', '--build'], report, 'the Compose stack to become healthy');
}

/** Containers and networks go; named volumes (queue, spans not read yet) stay. */
export async function stopCompose(report: Report): Promise<void> {
  await compose(['down', '--remove-orphans'], report, 'docker compose down to succeed');
}

/** One line a container: service, state, health. */
export async function composeContainers(): Promise<{ service: string; state: string; image: string }[]> {
  const listed = await $({ quiet: true, nothrow: true, cwd: root })`docker compose ps --all --format json`;
  const lines = listed.stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => {
    const { Service, State, Health, Image } = JSON.parse(line) as Record<
      'Service' | 'State' | 'Health' | 'Image',
      string
    >;
    return { service: Service, state: Health || State, image: Image };
  });
}

async function compose(args: string[], report: Report, expected: string): Promise<void> {
  const log: string[] = [];
  const running = $({ quiet: true, nothrow: true, cwd: root })`docker compose --progress plain ${args}`;
  for (const stream of [running.stdout, running.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.push(line);
      report(line.trim());
    });
  }
  const { exitCode } = await running;
  if (exitCode === 0) return;
  throw absent({
    expected,
    got: log.slice(-5).join(' | '),
    next: 'make logs S=<the service it names>, or make up MODE=local',
  });
}
