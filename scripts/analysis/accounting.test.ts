import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace } from '../../test/traces/arbitrary.ts';
import { draw } from '../../test/traces/draw.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
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
    '0.15 unknown curl: GET',
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

test('a call to a service that sends no spans is a wait; SQLite in the process is not', () => {
  const trace = draw(
    `
    app/page       ├────────────┤
      app/GET api    ├────┤
      app/SELECT           ├──┤
    `,
    { 'GET api': { kind: 'client' }, SELECT: { kind: 'client', attributes: { 'db.system.name': 'sqlite' } } },
  );
  expect(accounts(trace)).toEqual(['5.00 unknown app: page', '5.00 wait app: GET api', '3.00 unknown app: SELECT']);
});

test('the accounts of any trace add up to the duration of its root', () => {
  fc.assert(
    fc.property(anyTrace(), (trace) => {
      const { main } = buildTree(trace);
      if (!main) throw new Error('expected a root');
      const sum = account(criticalPath(main)).reduce((total, { ns }) => total + ns, 0);
      expect(sum).toBe(main.end - main.start);
    }),
  );
});
