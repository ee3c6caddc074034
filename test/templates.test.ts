import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jaeger } from '../scripts/stack/programs/jaeger.ts';
import { otelcol } from '../scripts/stack/programs/otelcol.ts';
import { run, scratch } from './processes.ts';
import { root } from './stack/command.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<
    string,
    { image?: string; ports?: string[]; user?: string; environment?: Record<string, string | null> }
  >;
};
const services = Object.entries(compose.services);

test('Compose, local mode and the builder agree on the versions', () => {
  expect(compose.services.jaeger?.image).toBe(`jaegertracing/jaeger:${jaeger.release.version}`);
  expect(compose.services.collector?.image).toBe(`otel/opentelemetry-collector-contrib:${otelcol.release.version}`);
  const builder = parse(read('scripts/stack/programs/otelcol-builder.yaml')) as { dist: { version: string } };
  expect(builder.dist.version).toBe(otelcol.build.version);
  // The image may trail by a minor version: its tag has to be known to exist.
  expect(read('app/Dockerfile')).toContain(`node:${read('.node-version').split('.')[0]}.`);
});

test.each(services)('%s: pinned, confined, published on loopback only', (_, service) => {
  if (service.image !== undefined) expect(service.image).toMatch(/:\d+\.\d+\.\d+$/);
  expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], pids_limit: 512 });
  for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('the name of the image of the app follows the project, so that two checkouts do not take turns at one', () => {
  expect(compose.services.app).not.toHaveProperty('image');
});

test('every variable that .env.example documents reaches the containers, but those of the command line and of local mode', () => {
  const documented = [...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '');
  const elsewhere = /^(ONETRACE_(TRACE_TIMEOUT_MS|CACHE|\w+_BIN|JAEGER_(OTLP|HEALTH)_PORT)|COMPOSE_PROJECT_NAME)$/;
  const set = services.flatMap(([, { environment = {} }]) => Object.keys(environment));
  const used = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? '');
  const reached = new Set([...set, ...used]);
  expect(documented.filter((name) => !elsewhere.test(name) && !reached.has(name))).toEqual([]);
});

describe('ecosystem.config.cjs', () => {
  /** What PM2 would be told, with nothing else in the environment. */
  async function configured(env: NodeJS.ProcessEnv) {
    await using directory = await scratch();
    const installed = join(directory.path, 'node_modules/@onetrace/instrumentation');
    await mkdir(join(directory.path, 'dist/server'), { recursive: true });
    await mkdir(installed, { recursive: true });
    for (const file of ['dist/server/entry.mjs', 'node_modules/@onetrace/instrumentation/register'])
      await writeFile(join(directory.path, file), '');
    const print = `process.stdout.write(JSON.stringify(require('./ecosystem.config.cjs').apps[0]))`;
    const { code, output } = await run(process.execPath, ['--eval', print], {
      cwd: root,
      env: { ONETRACE_APP_DIR: directory.path, ...env },
    });
    expect(code, output).toBe(0);
    return JSON.parse(output) as { out_file?: string; error_file?: string; env: Record<string, string> };
  }

  test('listens on loopback whatever the shell calls its machine, and elsewhere when told to', async () => {
    expect((await configured({ HOST: 'laptop.example' })).env.HOST).toBe('127.0.0.1');
    expect((await configured({ ONETRACE_APP_HOST: '0.0.0.0' })).env.HOST).toBe('0.0.0.0');
  });

  test('sends spans for this machine straight to it, past a proxy', async () => {
    expect((await configured({})).env.no_grpc_proxy).toBe('127.0.0.1,localhost');
    expect((await configured({ no_proxy: '.example' })).env.no_grpc_proxy).toBe('.example,127.0.0.1,localhost');
    const both = await configured({ no_proxy: '.example', no_grpc_proxy: 'collector' });
    expect(both.env.no_grpc_proxy).toBe('collector,127.0.0.1,localhost');
  });

  test('leaves the log files to PM2, or writes where it is told', async () => {
    expect(await configured({})).not.toHaveProperty('out_file');
    const nowhere = { out_file: '/dev/null', error_file: '/dev/null' };
    expect(await configured({ ONETRACE_LOG_FILE: '/dev/null' })).toMatchObject(nowhere);
  });
});

test('both rotations give the old file the name that the Collector reads', () => {
  const { receivers } = parse(read('otel-collector.yaml')) as { receivers: Record<string, { include?: string[] }> };
  const [live, old] = receivers.otlp_json_file?.include ?? [];
  expect(old).toBe(`${live}.1`);
  expect(read('nginx/rotate-spans.sh')).toContain('mv -f "$span_file" "$span_file.1"');
  expect(read('nginx/logrotate.conf')).toMatch(/^ +nodateext$/m);
});

test('the Collector redacts before it samples, and batches last', () => {
  const { service } = parse(read('otel-collector.yaml')) as {
    service: { pipelines: Record<string, { processors: string[] }> };
  };
  const order = (name: string) => service.pipelines[name]?.processors;
  expect(order('traces/in')).toEqual(['memory_limiter', 'redaction']);
  expect(order('traces/marked')).toEqual(['filter/marked', 'batch/marked']);
  expect(order('traces/rest')).toEqual(['filter/rest', 'tail_sampling', 'batch']);
});
