import { randomInt } from 'node:crypto';
import { $ } from 'zx';
import { root } from '../../scripts/stack/paths.ts';
import { freePort } from '../processes.ts';
import type { Engine } from './engine.ts';

/** The Compose stack under a name, ports and a network of its own. */
export interface Stack {
  project: string;
  /** Settings as the user would have them in the environment. */
  variables: Record<string, string>;
  /** How to reach the engine, beside the variables. */
  environment: Record<string, string>;
  compose: (...args: string[]) => Promise<string>;
  docker: (...args: string[]) => Promise<string>;
  containers: () => Promise<Container[]>;
}

/** What `docker inspect` says, as far as it is read here. */
export interface Container {
  Id: string;
  RestartCount: number;
  State: { Status: string; ExitCode: number; Pid: number; Health?: { Status: string } };
  Config: { User: string; Labels: Record<string, string> };
  HostConfig: {
    ReadonlyRootfs: boolean;
    CapAdd: string[] | null;
    CapDrop: string[] | null;
    SecurityOpt: string[] | null;
    Memory: number;
    PidsLimit: number | null;
    RestartPolicy: { Name: string };
    LogConfig: { Type: string; Config: Record<string, string> };
  };
  NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[] | null> };
}

export const serviceOf = (container: Container): string => container.Config.Labels['com.docker.compose.service'] ?? '?';

const portVariables = [
  'ONETRACE_NGINX_PORT',
  'ONETRACE_APP_PORT',
  'ONETRACE_JAEGER_UI_PORT',
  'ONETRACE_OTLP_GRPC_PORT',
  'ONETRACE_OTLP_HTTP_PORT',
  'ONETRACE_HEALTH_PORT',
  'ONETRACE_METRICS_PORT',
];

export async function newStack({ env }: Engine): Promise<Stack> {
  const project = `onetrace-test-${process.pid}`;
  const variables: Record<string, string> = { ONETRACE_SUBNET: `10.215.${randomInt(64, 255)}.0/24` };
  for (const name of portVariables) variables[name] = String(await freePort());
  // Whatever else the shell or .env set is for the developer's own stack.
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !/^(ONETRACE|OTEL|COMPOSE)_/.test(name)));
  const docker = async (...args: string[]) => {
    const ran = await $({ env: { ...clean, ...variables }, cwd: root, quiet: true })`docker ${args}`;
    return ran.stdout.trim();
  };
  return {
    project,
    variables,
    environment: { ...engineVariables(env), ...variables },
    docker,
    compose: (...args) => docker('compose', '--project-name', project, '--env-file', '/dev/null', ...args),
    containers: async () => {
      const ids = await docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project}`);
      return ids === '' ? [] : (JSON.parse(await docker('inspect', ...ids.split('\n'))) as Container[]);
    },
  };
}

function engineVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter(([name]) => name.startsWith('DOCKER_'));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}
