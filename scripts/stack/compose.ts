import { createInterface } from 'node:readline';
import { $ } from 'zx';
import { absent } from '../failure.ts';
import { root } from './paths.ts';
import type { Report } from './programs/program.ts';

/** Pulls, builds and starts the stack, and waits until every container that has a health check is healthy. */
export async function startCompose(report: Report): Promise<void> {
  await compose(
    ['up', '--detach', '--build', '--wait', '--wait-timeout', '300'],
    report,
    'the Compose stack to become healthy',
  );
}

/** Containers and networks go; named volumes (queue, spans not read yet) stay. */
export async function stopCompose(report: Report): Promise<void> {
  await compose(['down', '--remove-orphans'], report, 'docker compose down to succeed');
}

export interface Container {
  service: string;
  image: string;
  /** `running`, `exited` …, or what its health check says. */
  state: string;
  /** ms since 1970. */
  startedAt: number;
  /** Seconds from its start to the first health check that passed; null: none has, or it has no health check. */
  healthyAfter: number | null;
}

/** The containers of this project, those that have ended included; none where there is no engine. */
export async function composeContainers(): Promise<Container[]> {
  const docker = $({ quiet: true, nothrow: true, cwd: root });
  const ids = (await docker`docker compose ps --all --quiet`).stdout.split('\n').filter((id) => /^[0-9a-f]+$/.test(id));
  if (ids.length === 0) return [];
  return (JSON.parse((await docker`docker inspect ${ids}`).stdout) as Inspected[]).map(describe);
}

/** The part of `docker inspect` that is read here. */
interface Inspected {
  Config: { Image: string; Labels: Record<string, string> };
  State: {
    Status: string;
    StartedAt: string;
    /** The last five checks only: of a container that has been up for long, the first one is not there any more. */
    Health?: { Status: string; Log: { End: string; ExitCode: number }[] };
  };
}

function describe({ Config, State }: Inspected): Container {
  const startedAt = Date.parse(State.StartedAt);
  const passed = State.Health?.Log.find(({ ExitCode }) => ExitCode === 0);
  return {
    service: Config.Labels['com.docker.compose.service'] ?? '',
    image: Config.Image,
    state: State.Health?.Status ?? State.Status,
    startedAt,
    healthyAfter: passed === undefined ? null : (Date.parse(passed.End) - startedAt) / 1000,
  };
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
