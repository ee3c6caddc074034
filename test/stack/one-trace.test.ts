import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assess } from '../../scripts/analysis/completeness.ts';
import { parseOtlp } from '../../scripts/parse/otlp.ts';
import { readSettings } from '../../scripts/settings.ts';
import { deliver } from '../../scripts/sources/collector.ts';
import { send } from '../../scripts/sources/curl/send.ts';
import { jaegerOn } from '../../scripts/sources/jaeger.ts';
import { newTraceContext } from '../../scripts/sources/trace-context.ts';
import { leftovers } from '../../scripts/stack/leftovers.ts';
import { icon, onetrace, root, site, succeed, tree, verdict } from './command.ts';

const page = ['curl: GET', '  nginx: GET', '    astro-ssr: GET /freedevtools/svg_icons/[category]/[icon]/'];

beforeAll(() => succeed(['down']));
afterAll(() => succeed(['down']));

describe.each(['fork', 'cluster'])('the local stack, PM2 in %s mode', (mode) => {
  const env = { ONETRACE_PM2_MODE: mode };

  beforeAll(async () => {
    await succeed(['up', '--mode', 'local'], env);
  });

  test('every component is healthy', async () => {
    const status = JSON.parse(await succeed(['status', '--json'])) as {
      mode: string;
      components: { name: string; healthy: boolean }[];
    };
    expect(status.mode).toBe('local');
    expect(status.components.map(({ name, healthy }) => [name, healthy])).toEqual([
      ['jaeger', true],
      ['collector', true],
      ['app', true],
      ['nginx', true],
    ]);
  });

  test('a request is one trace: curl → nginx → astro-ssr', async () => {
    const report = await verdict(icon);
    expect(tree(report).slice(0, 3)).toEqual(page);
    expect(report.spans.filter(({ depth }) => depth === 0)).toHaveLength(1);
    expect(report.request).toMatchObject({ method: 'GET', status: 200 });
    const total = report.accounting.reduce((sum, { ms }) => sum + ms, 0);
    expect(total).toBeCloseTo(report.totalMs, 3);
    expect(report.criticalPath.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(report.totalMs, 3);
  });

  test('the app says which service, version, instance and PM2 process it is', async () => {
    const { traceId } = await verdict(icon);
    const raw = await jaegerOn(16_686).trace(traceId);
    const app = parseOtlp(raw ?? '').traces[0]?.spans.find(({ service }) => service === 'astro-ssr');
    expect(app?.resource).toMatchObject({
      'service.name': 'astro-ssr',
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
      'service.instance.id': expect.stringMatching(/./),
      'deployment.environment.name': 'local',
      'onetrace.pm2.mode': mode,
    });
  });

  test('40 requests, 8 at a time, each with a traceparent of its own: 40 single-rooted traces, no orphan', async () => {
    const contexts = Array.from({ length: 40 }, () => newTraceContext());
    const queue = [...contexts];
    const worker = async () => {
      for (let context = queue.pop(); context !== undefined; context = queue.pop()) {
        await deliver(await send({ url: icon, options: [], context, key: '' }), context, 4318);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const whole = async () => {
      const examined = contexts.map(async ({ traceId, spanId }) => {
        const trace = parseOtlp((await jaegerOn(16_686).trace(traceId)) ?? '').traces[0] ?? null;
        const { complete } = assess(trace, {
          clientSpanId: spanId,
          hops: ['curl', 'nginx', 'app'],
          appService: 'astro-ssr',
        });
        return complete && trace?.spans.filter(({ parentId }) => parentId === null).length === 1;
      });
      return (await Promise.all(examined)).filter(Boolean).length;
    };
    await expect.poll(whole, { timeout: 10_000, interval: 200 }).toBe(40);
  });
});

describe('the stack that is up', () => {
  test('make up again changes nothing: no process is started anew', async () => {
    const env = { ONETRACE_PM2_MODE: 'cluster' };
    const printed = await succeed(['up', '--mode', 'local'], env);
    expect(printed.match(/was up/g)).toHaveLength(4);
    expect(printed).toContain(`Next: make trace URL=${icon}`);
  });

  test('a straight request to an instance needs no nginx', async () => {
    const report = await verdict('http://127.0.0.1:4322/freedevtools/svg_icons/8bit/');
    expect(tree(report).slice(0, 2)).toEqual(['curl: GET', '  astro-ssr: GET /freedevtools/svg_icons/[category]/']);
  });

  test('the text verdict: total, ranking, waterfall, where the raw trace lies', async () => {
    const text = await succeed(['trace', icon]);
    expect(text).toMatch(/^\d+\.\d\d ms {2}GET http:\/\/127\.0\.0\.1:8080\/\S+ → 200/);
    expect(text).toMatch(/astro-ssr +GET \/freedevtools/);
    expect(text).toMatch(/Raw trace: \.onetrace\/traces\/[0-9a-f]{32}\.json/);
    expect(text).not.toContain('\u001b[');
    expect(text).not.toContain('http://127.0.0.1:16686/trace/'); // a Jaeger built here has no web page: no dead link
  });

  test('the verdict as a page, which says where it lies; stdout stays what was asked for', async () => {
    const { code, stdout, stderr } = await onetrace(['trace', icon, '--json', '--open'], {
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
    });
    expect([code, JSON.parse(stdout).traceId]).toEqual([0, expect.stringMatching(/^[0-9a-f]{32}$/)]);
    const [, file = ''] = stderr.match(/Page: (\.onetrace\/reports\/[0-9a-f]{32}\.html) \(there is no display/) ?? [];
    expect(await readFile(join(root, file), 'utf8')).toContain(`"traceId":"${JSON.parse(stdout).traceId}"`);
  });

  test('a POST with a body of its own', async () => {
    const report = await verdict(
      `${site}/freedevtools/svg_icons/api/optimise`,
      '--curl',
      `-X POST -d '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'`,
    );
    expect(report.request).toMatchObject({ method: 'POST', status: 200 });
    expect(tree(report).slice(0, 2)).toEqual(['curl: POST', '  nginx: POST']);
  });

  test('down leaves no process, port, pid file or socket', async () => {
    await succeed(['down']);
    expect(await leftovers(readSettings({}))).toEqual([]);
    expect((await onetrace(['status'])).code).toBe(3);
  });
});
