import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '../scripts/settings.ts';
import { cacheDirectory } from '../scripts/stack/paths.ts';
import { demoUrl } from '../scripts/stack/services.ts';
import { type Engine, findEngine } from './compose/engine.ts';
import { buildStandIns, canPull } from './compose/images.ts';
import { collect, hops, request } from './compose/requests.ts';
import { type Container, newStack, type Stack, serviceOf } from './compose/stack.ts';
import { waitFor } from './processes.ts';
import { findCollector, findJaeger } from './programs.ts';
import { onetrace, tree } from './stack/command.ts';

const settings = readSettings(process.env);
const whole = 'curl client\n  nginx server\n    astro-ssr server';
const page = new URL(demoUrl(settings)).pathname;
const cache = join(cacheDirectory(settings), 'compose');
const engine = await findEngine(cache, canPull);
const noEngine = typeof engine === 'string';
if (noEngine) console.warn(`SKIPPED, the Compose stack was not tested: ${engine}.`);

describe.skipIf(noEngine)('the Compose stack', () => {
  let stack: Stack;
  let containers: Container[];
  const inspect = async () => {
    containers = await stack.containers();
    return Object.fromEntries(containers.map((container) => [serviceOf(container), container]));
  };

  beforeAll(async () => {
    const { own } = engine as Engine;
    stack = await newStack(engine as Engine);
    if (own)
      await buildStandIns(engine as Engine, cache, { jaeger: await findJaeger(), otelcol: await findCollector() });
    await stack.compose('up', '--detach', '--build', '--wait', '--wait-timeout', '300');
    containers = await stack.containers();
  });

  afterAll(async () => {
    try {
      await stack?.compose('down', '--volumes', '--remove-orphans');
      // What it was built from stays, for the next run.
      await stack?.docker('image', 'rm', '--no-prune', `${stack.project}-app`);
    } finally {
      // An engine that is left behind keeps the next run from having one.
      await (engine as Engine).stop();
    }
  });

  test('is healthy as a whole once `up --wait` returns', () => {
    const states = containers.map((container) => [serviceOf(container), stateOf(container)]);
    expect(Object.fromEntries(states)).toEqual({
      app: 'healthy',
      collector: 'running',
      'collector-health': 'healthy',
      jaeger: 'healthy',
      nginx: 'healthy',
      volumes: 'exited 0',
    });
  });

  test('publishes ports on loopback only', () => {
    const published = containers.flatMap(({ NetworkSettings }) =>
      Object.values(NetworkSettings.Ports).flatMap((ports) => ports ?? []),
    );
    expect(published.map(({ HostPort }) => HostPort).sort()).toEqual(
      Object.entries(stack.variables)
        .flatMap(([name, value]) => (name.endsWith('_PORT') ? [value] : []))
        .sort(),
    );
    expect(new Set(published.map(({ HostIp }) => HostIp))).toEqual(new Set(['127.0.0.1']));
  });

  test('confines every container', () => {
    for (const container of containers) {
      const { HostConfig } = container;
      expect.soft(HostConfig, serviceOf(container)).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        CapAdd: serviceOf(container) === 'volumes' ? [expect.stringMatching(/^(CAP_)?CHOWN$/)] : null,
        SecurityOpt: ['no-new-privileges:true'],
        RestartPolicy: { Name: serviceOf(container) === 'volumes' ? 'no' : 'unless-stopped' },
        LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      });
      expect.soft(HostConfig.Memory, `${serviceOf(container)}: memory limit`).toBeGreaterThan(0);
      expect.soft(HostConfig.PidsLimit, `${serviceOf(container)}: limit of processes`).toBe(512);
    }
  });

  test('runs no process as root, and none can write beside its volumes', async () => {
    for (const container of containers.filter(({ State }) => State.Status === 'running')) {
      const listed = (await stack.docker('top', container.Id, '-eo', 'pid,uid,comm')).split('\n').slice(1);
      expect
        .soft(
          listed.filter((line) => /^\s*\d+\s+0\s/.test(line)),
          serviceOf(container),
        )
        .toEqual([]);
    }
    for (const service of ['app', 'nginx', 'jaeger', 'collector-health']) {
      await expect
        .soft(stack.compose('exec', '-T', '--user', '0', service, 'touch', '/etc/passwd'), service)
        .rejects.toThrow(/Read-only file system/);
    }
  });

  test('makes each of 20 requests one trace with one root: curl → nginx → astro-ssr', async () => {
    const sent = await Promise.all(Array.from({ length: 20 }, () => request(stack, page)));
    for (const one of sent) {
      const arrived = await collect(stack, one);
      expect(one.exchange.facts.status).toBe(200);
      expect(hops(arrived)).toBe(whole);
    }
  });

  test("the app's log is Docker's, and in no file that would grow", async () => {
    expect(await stack.compose('logs', '--no-log-prefix', 'app')).toContain('Server listening on');
    expect(await stack.compose('exec', '-T', 'app', 'ls', '/tmp/pm2/logs')).toBe('');
  });

  test('spreads requests over both instances', async () => {
    const seen = new Set<unknown>();
    for (let count = 0; count < 4; count++) {
      const { trace } = await collect(stack, await request(stack, page));
      seen.add(trace?.spans.find(({ service }) => service === 'nginx')?.attributes['nginx.upstream_addr']);
    }
    expect(seen.size).toBe(2);
  });

  test('rotates the span file without losing a span', async () => {
    const rotate = '/docker-entrypoint.d/90-onetrace-rotate-spans.sh';
    // Three lines and a bit: a file that the Collector has begun to read, as any file of a sensible size would be.
    const often = ['--env', 'ONETRACE_SPAN_FILE_BYTES=3500', '--env', 'ONETRACE_SPAN_FILE_INTERVAL=0.2'];
    await stack.compose('exec', '--detach', ...often, 'nginx', rotate);
    for (let count = 0; count < 9; count++) {
      expect(hops(await collect(stack, await request(stack, page)))).toBe(whole);
    }
    const files = await stack.compose('exec', '-T', 'nginx', 'ls', '/var/spool/onetrace');
    expect(files.split('\n')).toContain('otel-spans.jsonl.1');
  });

  test('keeps the spans of a request while Jaeger is away and the Collector is restarted', async () => {
    await stack.compose('stop', 'jaeger');
    const sent = await request(stack, page);
    expect(sent.exchange.facts.status).toBe(200);
    // nginx's span and the app's.
    const queued = () => collectorMetric(stack, /^otelcol_exporter_queue_size\{.*\} (\d+)/m);
    await waitFor('the spans in the queue', async () => expect(await queued()).toBeGreaterThanOrEqual(2));
    await stack.compose('restart', 'collector');
    await stack.compose('up', '--detach', '--wait', '--no-recreate');
    expect(hops(await collect(stack, sent, 60_000))).toBe(whole);
  });

  test('serves pages while the Collector is down, says that it is down, and traces again afterwards', async () => {
    await stack.compose('stop', 'collector');
    expect((await request(stack, page)).exchange.facts.status).toBe(200);
    await waitFor('the health check to notice', async () => {
      expect(stateOf((await inspect())['collector-health'])).toBe('unhealthy');
    });
    await stack.compose('start', 'collector');
    await waitFor('the health check to recover', async () => {
      expect(stateOf((await inspect())['collector-health'])).toBe('healthy');
    });
    await untilTraced(stack);
  });

  test.runIf(!noEngine && (engine as Engine).own)('starts a Collector that crashed again', async () => {
    const before = (await inspect()).collector;
    process.kill(before?.State.Pid ?? Number.NaN, 'SIGKILL');
    await waitFor('the restart', async () => {
      expect((await inspect()).collector?.RestartCount).toBe((before?.RestartCount ?? 0) + 1);
      expect(await fetch(`http://127.0.0.1:${stack.variables.ONETRACE_HEALTH_PORT}/`)).toMatchObject({ status: 200 });
    });
    await untilTraced(stack);
  });

  test('comes up, is traced and goes down by the command line', async () => {
    await stack.compose('down');
    const env = { ...stack.environment, COMPOSE_PROJECT_NAME: stack.project };
    await onetrace(['down'], env); // a checkout has one stack, and the local one may be up
    const up = await onetrace(['up', '--mode', 'compose'], env);
    expect(up.stderr, up.stdout).toContain('containers healthy');
    expect(up.stdout).toMatch(/jaegertracing\/jaeger:2\.\S+ .* s /);
    const url = `http://127.0.0.1:${stack.variables.ONETRACE_NGINX_PORT}${page}`;
    const traced = await onetrace(['trace', url, '--json'], env);
    expect(tree(JSON.parse(traced.stdout)).slice(0, 3)).toEqual([
      'curl: GET',
      '  nginx: GET',
      '    astro-ssr: GET /freedevtools/svg_icons/[category]/[icon]/',
    ]);
    expect((await onetrace(['down'], env)).code).toBe(0);
    expect(await stack.containers()).toEqual([]);
  });

  test('leaves nothing but its named volumes behind', async () => {
    await stack.compose('down');
    const label = `label=com.docker.compose.project=${stack.project}`;
    expect(await stack.containers()).toEqual([]);
    expect(await stack.docker('network', 'ls', '--quiet', '--filter', label)).toBe('');
    const volumes = await stack.docker('volume', 'ls', '--format', '{{.Name}}', '--filter', label);
    expect(volumes.split('\n').sort()).toEqual([`${stack.project}_queue`, `${stack.project}_spans`]);
  });
});

/** The app's exporter backs off while the Collector is away: the first request afterwards may still be without its span. */
async function untilTraced(stack: Stack): Promise<void> {
  let arrived = await collect(stack, await request(stack, page), 5_000);
  for (let attempt = 1; attempt < 8 && !arrived.completeness.complete; attempt++) {
    arrived = await collect(stack, await request(stack, page), 5_000);
  }
  expect(hops(arrived)).toBe(whole);
}

/** `running` where the image has no health check. */
function stateOf(container: Container | undefined): string {
  if (container === undefined) return 'absent';
  const { Status, Health, ExitCode } = container.State;
  return Status === 'exited' ? `exited ${ExitCode}` : (Health?.Status ?? Status);
}

async function collectorMetric(stack: Stack, pattern: RegExp): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${stack.variables.ONETRACE_METRICS_PORT}/metrics`);
  return Number(pattern.exec(await response.text())?.[1] ?? 0);
}
