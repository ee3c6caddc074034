import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../test/traces/arbitrary.ts';
import { draw } from '../../test/traces/draw.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import { anySampledTrace } from '../../test/traces/samples.ts';
import type { Trace } from '../model/trace.ts';
import { account } from './accounting.ts';
import { criticalPath } from './critical-path.ts';
import { buildTree } from './tree.ts';

function accounts(trace: Trace): string[] {
  const { main } = buildTree(trace);
  if (!main) throw new Error('expected a root');
  return account(criticalPath(main)).map(({ kind, name, ns }) => `${(ns / 1e6).toFixed(2)} ${kind} ${name}`);
}

test("the first user's page", () => {
  expect(accounts(firstUserTrace())).toEqual([
    '12.00 unknown astro-ssr: pool.query iconByName',
    '9.00 unknown astro-ssr: svgo.optimize',
    '5.00 unknown astro-ssr: astro.page.render',
    '4.00 unknown astro-ssr: astro.component IconPreview',
    '2.00 network nginx ↔ astro-ssr',
    '2.00 unknown astro-ssr: astro.middleware logger',
    '1.00 network curl: receiving the body',
    '1.00 unknown astro-ssr: worker iconByName',
    '1.00 unknown astro-ssr: GET /svg_icons/[category]/[icon]/',
    '0.60 network curl ↔ nginx',
    '0.20 network curl: TCP connect',
    '0.15 cpu curl: preparing the request',
    '0.05 network curl: name look-up',
  ]);
});

const nginx = (times: Record<string, string>) => ({
  kind: 'server' as const,
  attributes: { 'nginx.upstream_addr': '127.0.0.1:4321', ...times },
});

test('an app without spans: nginx waited for it as long as it says', () => {
  const trace = draw('nginx/GET  ├────────────────────┤', {
    GET: nginx({ 'nginx.upstream_response_time': '0.015' }),
  });
  expect(accounts(trace)).toEqual([
    '16.00 wait nginx: waiting for 127.0.0.1:4321, which sent no span',
    '5.00 unknown nginx: GET',
  ]);
});

test('a slow caller is not the network between nginx and the app', () => {
  const trace = draw(
    `
    nginx/GET   ├────────────────────┤
      app/GET      ├─────┤
    `,
    {
      'nginx/GET': nginx({ 'nginx.upstream_response_time': '0.007', 'nginx.upstream_connect_time': '0.001' }),
      'app/GET': { kind: 'server' },
    },
  );
  expect(accounts(trace)).toEqual([
    '13.00 unknown nginx: GET',
    '6.00 unknown app: GET',
    '1.00 network nginx → app: connect',
    '1.00 network nginx ↔ app',
  ]);
});

test('what nginx measured outside of the exchange is the connection to its caller', () => {
  const trace = draw(
    `
    nginx/GET   ├────────────────────┤
      app/GET      ├─────┤
    `,
    {
      'nginx/GET': nginx({ 'nginx.upstream_response_time': '0.007', 'nginx.request_time': '0.020' }),
      'app/GET': { kind: 'server' },
    },
  );
  expect(accounts(trace)).toEqual([
    '13.00 network nginx: reading the request, sending the response',
    '6.00 unknown app: GET',
    '2.00 network nginx ↔ app',
  ]);
});

describe("a worker's task, without samples", () => {
  const trace = draw(`
    app/page                    ├──────────────────────┤
      app/worker.task db.mjs     ├────────────────────┤
        app/worker.queue_wait    ├────┤
        app/worker.run                ├─────┤
        app/worker.answer_wait              ├─────────┤
  `);

  test('waits for the worker, and its answer for the event loop', () => {
    expect(accounts(trace)).toEqual([
      '10.00 blocked app: worker.answer_wait: event loop busy',
      '6.00 unknown app: worker.run',
      '5.00 wait app: worker.queue_wait',
      '2.00 unknown app: page',
    ]);
  });
});

test('a call to a service that sends no spans is a wait; SQLite in the process is not', () => {
  const trace = draw(
    `
    app/page       ├────────────┤
      app/GET api    ├────┤
      app/SELECT           ├──┤
    `,
    { 'GET api': { kind: 'client' }, SELECT: { kind: 'client', attributes: { 'db.system.name': 'sqlite' } } },
  );
  expect(accounts(trace)).toEqual([
    '5.00 unknown app: page',
    '5.00 wait app: GET api',
    '3.00 cpu app: SELECT (SQLite, in the process)',
  ]);
});

test.each([
  ['any trace', anyTrace()],
  ['any samples', anySampledTrace()],
])('the accounts of %s add up to the duration of the root', (_, traces) => {
  fc.assert(
    fc.property(traces, (trace) => {
      const { main } = buildTree(trace);
      if (!main) throw new Error('expected a root');
      const all = account(criticalPath(main));
      expect(all.reduce((total, { ns }) => total + ns, 0)).toBe(main.end - main.start);
      expect(all.every(({ ns }) => ns > 0)).toBe(true);
    }),
  );
});
