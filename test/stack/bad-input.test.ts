import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSupervisor } from '../../scripts/stack/pm2.ts';
import { icon, onetrace, root, site, succeed, tree, verdict } from './command.ts';

/** One clear sentence with expected, got and next step, the right exit code, and no stack trace. */
async function refused(args: string[], env: Record<string, string>, code: number, sentence: RegExp) {
  const ran = await onetrace(args, env);
  expect(ran.stderr).toMatch(sentence);
  expect(ran.stderr).toMatch(/expected .+, got .+\. Next: .+/s);
  expect(ran.stderr).not.toMatch(/^ {4}at /m);
  expect(ran.code).toBe(code);
}

beforeAll(() => succeed(['down']));
afterAll(() => succeed(['down']));

describe('while the stack is down', () => {
  test('trace: nothing answers', () => refused(['trace', icon], {}, 3, /got curl: \(7\).*make status, then make up/));

  test('a port already taken: port, process and variable', async () => {
    const squatter = createTcpServer();
    await new Promise<void>((resolve) => squatter.listen(8080, '127.0.0.1', resolve));
    try {
      await refused(
        ['up', '--mode', 'local'],
        {},
        3,
        new RegExp(`port 8080 .*\\(pid ${process.pid}\\) listening there.*ONETRACE_NGINX_PORT=`),
      );
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
      await succeed(['down']);
    }
  });

  test.each([
    [{ ONETRACE_NGINX_PORT: 'eighty' }, /ONETRACE_NGINX_PORT to be a port number/],
    [{ ONETRACE_SAMPLE_PERCENT: '200' }, /ONETRACE_SAMPLE_PERCENT to be a percentage/],
    [{ ONETRACE_TRUSTED: 'everybody' }, /ONETRACE_TRUSTED: expected networks such as/],
    [{ ONETRACE_JAEGER_BIN: '/bin/true/nothing' }, /ONETRACE_JAEGER_BIN to be a Jaeger binary/],
    [{ ONETRACE_OTELCOL_BIN: '/bin/false' }, /ONETRACE_OTELCOL_BIN to be a OpenTelemetry Collector binary/],
    [{ ONETRACE_NGINX_BIN: '/bin/false' }, /ONETRACE_NGINX_BIN to be an nginx binary/],
    [{ MODE: 'kubernetes' }, /MODE to be local or compose, got "kubernetes"/],
  ])('an invalid value: %j', (env, sentence) =>
    refused('MODE' in env ? ['up'] : ['up', '--mode', 'local'], env as Record<string, string>, 2, sentence),
  );
});

test('a component that dies while it starts: said at once with its last words, and the command ends', async () => {
  // nginx's own check does not bind, so only the running program finds out that it may not.
  const squatter = createTcpServer();
  await new Promise<void>((resolve) => squatter.listen(16_686, '127.0.0.1', resolve));
  try {
    await refused(['up', '--mode', 'local'], {}, 3, /port 16686/);
  } finally {
    await new Promise((resolve) => squatter.close(resolve));
  }
  const broken = join(tmpdir(), `onetrace-broken-collector-${process.pid}`);
  writeFileSync(
    broken,
    '#!/bin/sh\n[ "$1" = validate ] && exit 0\n[ "$1" = --version ] && exit 0\necho "boom of the collector" >&2\nexit 1\n',
    { mode: 0o755 },
  );
  try {
    await refused(
      ['up', '--mode', 'local'],
      { ONETRACE_OTELCOL_BIN: broken },
      3,
      /Collector to become ready, got its process ending with ".*boom of the collector/,
    );
  } finally {
    rmSync(broken);
    await succeed(['down']);
  }
});

test('the pid file of another life does not make down end a stranger', async () => {
  const stranger = spawn('sleep', ['60']);
  const home = join(root, '.onetrace', 'pm2');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'pm2.pid'), String(stranger.pid));
  await succeed(['down']);
  expect(stranger.exitCode).toBeNull();
  expect(stranger.signalCode).toBeNull();
  stranger.kill();
});

describe('while the stack is up', () => {
  beforeAll(async () => {
    await succeed(['up', '--mode', 'local']);
  });

  test.each([
    [[], /expected a URL, got none/],
    [['not a url'], /got "not a url"/],
    [['ftp://127.0.0.1/'], /begins with http:\/\/ or https:\/\//],
    [['127.0.0.1:8080/'], /Next: make trace URL=http:\/\/127\.0\.0\.1:8080\//],
    [[icon, '--curl', '-o /tmp/x'], /leave it out/],
    [[icon, '--curl', '--nonsense'], /option --nonsense/],
  ])('trace %j is wrong usage', (args, sentence) => refused(['trace', ...args], {}, 2, sentence));

  test('a host that cannot be reached', () => refused(['trace', 'http://127.0.0.1:9/'], {}, 3, /got curl: \(7\)/));

  test('a 500: the trace is there, and names where it failed', async () => {
    const report = await verdict(`${site}/freedevtools/debug/error`);
    expect(report.request).toMatchObject({ status: 500 });
    expect(tree(report).slice(0, 3)).toEqual([
      'curl: GET',
      '  nginx: GET',
      '    astro-ssr: GET /freedevtools/debug/error',
    ]);
    expect(report.findings[0]).toMatchObject({ rule: 'error', severity: 'error' });
  });

  test('a redirect: said, and followed when asked to', async () => {
    const pointing = await verdict(`${site}/`);
    expect(pointing.request).toMatchObject({ status: 301, redirects: 0 });
    expect(pointing.findings).toMatchObject([{ rule: 'redirect', next: expect.stringContaining('CURL=--location') }]);
    const followed = await verdict(`${site}/`, '--curl', '--location');
    expect(followed.request).toMatchObject({ status: 200, redirects: 1 });
    expect(tree(followed).filter((line) => line === '  nginx: GET')).toHaveLength(2);
  });

  test('an answer that takes its time', async () => {
    const report = await verdict(`${site}/freedevtools/debug/slow?ms=3000`);
    expect(report.totalMs).toBeGreaterThan(3000);
    expect(report.accounting[0]?.name).toContain('astro-ssr');
  });

  test('a limit of curl that strikes first', () =>
    refused(
      ['trace', `${site}/freedevtools/debug/slow?ms=5000`, '--curl', '--max-time 1'],
      {},
      3,
      /curl: \(28\).*max-time/,
    ));

  test('a body of 20 MB in the answer is not kept', async () => {
    const body = Buffer.alloc(20_000_000, 'x');
    const server = createServer((_, res) => res.end(body));
    await new Promise<void>((resolve) => server.listen(18_099, '127.0.0.1', resolve));
    const { stdout, stderr, code } = await onetrace(['trace', 'http://127.0.0.1:18099/', '--json'], {
      ONETRACE_TRACE_TIMEOUT_MS: '1500',
    });
    server.close();
    expect(JSON.parse(stdout)).toMatchObject({ request: { status: 200, bytes: 20_000_000 } });
    expect(stderr).toContain('The trace lacks the nginx hop'); // it is no part of the stack: the verdict says what is missing
    expect(code).toBe(3);
  });

  test.each([
    ['garbage', 'traceparent: garbage'],
    ['upper case', `traceparent: 00-${'A'.repeat(32)}-${'B'.repeat(16)}-01`],
    ['all zeros', `traceparent: 00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['over-long', `traceparent: 00-${'a'.repeat(5000)}`],
    ['over-long state', `tracestate: ${'k=v,'.repeat(2000)}`],
    ['duplicated', `traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
  ])('a %s header never breaks the site', (_, header) => {
    const args = [
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '-H',
      header,
      '-H',
      header.startsWith('traceparent: 00-aaa') ? header : 'x-a: b',
      icon,
    ];
    expect(execFileSync('curl', args, { encoding: 'utf8' })).toBe('200');
  });

  test('Jaeger down: said, the site goes on, and the trace is there when Jaeger is back', async () => {
    await stop('jaeger');
    await refused(
      ['trace', icon],
      {},
      3,
      /expected Jaeger's query API on http:\/\/127\.0\.0\.1:16686, got .*ECONNREFUSED/,
    );
    expect(statusOf(icon)).toBe('200');
    await succeed(['up', '--mode', 'local']);
    expect(tree(await verdict(icon))[0]).toBe('curl: GET');
  });

  test('Collector down: said, the site goes on without a 5xx', async () => {
    await stop('collector');
    await refused(
      ['trace', icon],
      {},
      3,
      /expected the Collector to take curl's span on .*got .*ECONNREFUSED.*the request itself was answered/,
    );
    const codes = Array.from({ length: 30 }, () => statusOf(icon));
    expect(new Set(codes)).toEqual(new Set(['200']));
    await new Promise((resolve) => setTimeout(resolve, 8000)); // long enough for gRPC to have slowed down its attempts
    await succeed(['up', '--mode', 'local']);
    // The batch in flight when the Collector came back may be lost, the next ones are not.
    await expect.poll(async () => (await onetrace(['trace', icon, '--json'])).code, { timeout: 15_000 }).toBe(0);
  });

  test('the app down: nginx is said to get no answer, at once', async () => {
    await stop('astro-ssr');
    const { code, stdout } = await onetrace(['trace', icon, '--json']);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.request.status).toBe(502);
    expect(report.findings.map(({ rule }: { rule: string }) => rule)).toContain('upstream-down');
    await succeed(['up', '--mode', 'local']);
  });

  test('the other mode while this one is up', () =>
    refused(['up', '--mode', 'compose'], {}, composeIsHere ? 2 : 3, /make down first|Docker/));

  test('the app without its spans: the hop that is missing is named, the rest is shown', async () => {
    await succeed(['up', '--mode', 'local'], { OTEL_SDK_DISABLED: 'true' });
    const { code, stdout, stderr } = await onetrace(['trace', icon, '--json'], { ONETRACE_TRACE_TIMEOUT_MS: '2000' });
    expect(code).toBe(3);
    expect(tree(JSON.parse(stdout))).toEqual(['curl: GET', '  nginx: GET']);
    expect(stderr).toContain('The trace lacks the app hop');
    expect(stderr).toContain('OTEL_SDK_DISABLED');
    await succeed(['up', '--mode', 'local']);
  });
});

const composeIsHere =
  spawnSync('docker', ['compose', 'version']).status === 0 && spawnSync('docker', ['version']).status === 0;

const statusOf = (url: string): string =>
  execFileSync('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', url], { encoding: 'utf8' });

/** Ends one component behind the stack's back, as a crash would that PM2 cannot mend. */
async function stop(name: string): Promise<void> {
  await withSupervisor((supervisor) => supervisor.remove(name));
}
