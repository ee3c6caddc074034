import { expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import type { Trace } from '../model/trace.ts';
import { buildServiceGraph } from './service-graph.ts';
import { buildTree } from './tree.ts';
import { waterfall } from './waterfall.ts';

function graph(trace: Trace) {
  const { services, calls } = buildServiceGraph(waterfall(buildTree(trace).roots).map(({ node }) => node));
  return {
    services: services.map(({ name, kind, spans, errors }) => `${name} ${kind} ${spans} ${errors}`),
    calls: calls.map(
      ({ from, to, calls: count, errors, durations }) =>
        `${from} → ${to} ${count} ${errors} ${durations.map((ns) => ns / 1e6).join(' ')}`,
    ),
  };
}

const client = { kind: 'client' as const };
const server = { kind: 'server' as const };
const failed = { status: { code: 'error' as const, message: 'no' } };

test("the first user's page: from curl to the database that is in the process", () => {
  expect(graph(firstUserTrace())).toEqual({
    services: ['curl service 1 0', 'nginx service 1 0', 'astro-ssr service 8 0', 'sqlite database 0 0'],
    calls: ['curl → nginx 1 0 38', 'nginx → astro-ssr 1 0 34', 'astro-ssr → sqlite 1 0 0'],
  });
});

test('a call is as long as its caller saw it, and has failed if it did on either side', () => {
  const trace = draw(
    `
    web/page       ├────────────────────┤
      web/call      ├────────┤
        api/GET      ├─────┤
      web/refused             ├────┤
        api/POST               ├──┤
    `,
    { call: client, refused: { ...client, ...failed }, 'api/GET': server, 'api/POST': server },
  );
  expect(graph(trace).calls).toEqual(['web → api 2 1 9 5']);
});

test('who sends no spans is known by its caller: a database, a service, an address', () => {
  const trace = draw(
    `
    web/page     ├────────────────────┤
      query       ├──┤
      pay            ├──┤
      ping              ├──┤
      nameless             ├──┤
    `,
    {
      query: { ...client, attributes: { 'db.system': 'postgresql' } },
      pay: { ...client, attributes: { 'peer.service': 'stripe' }, ...failed },
      ping: { ...client, attributes: { 'server.address': '10.0.0.7', 'server.port': 80 } },
      nameless: client,
    },
  );
  expect(graph({ ...trace, spans: trace.spans.map((span) => ({ ...span, service: 'web' })) })).toEqual({
    services: ['web service 5 1', 'postgresql database 0 0', 'stripe peer 0 0', '10.0.0.7:80 peer 0 0'],
    calls: ['web → postgresql 1 0 3', 'web → stripe 1 1 3', 'web → 10.0.0.7:80 1 0 3'],
  });
});

test('a service that calls itself, and services that call in a circle', () => {
  const trace = draw(
    `
    a/page       ├────────────┤
      a/call      ├──────────┤
        a/GET      ├────────┤
          b/GET     ├──────┤
            a/POST   ├────┤
    `,
    { 'a/call': client, 'a/GET': server },
  );
  expect(graph(trace)).toEqual({
    services: ['a service 4 0', 'b service 1 0'],
    calls: ['a → a 1 0 11', 'a → b 1 0 7', 'b → a 1 0 5'],
  });
});

test('samples are no calls', () => {
  const trace = draw(
    `
    a/page       ├────────────┤
      b/sample    ├──────────┤
    `,
    { sample: { attributes: { 'onetrace.inferred': true } } },
  );
  expect(graph(trace)).toEqual({ services: ['a service 1 0'], calls: [] });
});
