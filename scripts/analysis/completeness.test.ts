import { beforeEach, expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import type { Hop } from '../model/request.ts';
import type { Span, Trace } from '../model/trace.ts';
import { assess } from './completeness.ts';

const trace = firstUserTrace();
const clientSpanId = trace.spans[0]?.spanId ?? '';

function missing(of: Trace | null, hops: Hop[] = ['curl', 'nginx', 'app']): Hop[] {
  return assess(of, { clientSpanId, hops, appService: 'astro-ssr' }).missing.map(({ hop }) => hop);
}

function without(...services: string[]): Trace {
  return { ...trace, spans: trace.spans.filter((span) => !services.includes(span.service)) };
}

test('all hops are there', () => {
  expect(assess(trace, { clientSpanId, hops: ['curl', 'nginx', 'app'], appService: 'astro-ssr' })).toEqual({
    complete: true,
    missing: [],
    orphans: [],
  });
});

test.each<[string, Trace | null, Hop[]]>([
  ['no trace', null, ['curl', 'nginx', 'app']],
  ["curl's own span", without('curl'), ['curl']],
  ['nginx', without('nginx'), ['nginx', 'app']],
  ['the app', without('astro-ssr'), ['app']],
  ['nginx and the app', without('nginx', 'astro-ssr'), ['nginx', 'app']],
])('missing: %s', (_, of, expected) => {
  expect(missing(of)).toEqual(expected);
});

test('a span without its parent makes a trace incomplete', () => {
  const late = { ...trace, spans: trace.spans.filter((span) => span.name !== 'pool.query iconByName') };
  const { complete, missing, orphans } = assess(late, {
    clientSpanId,
    hops: ['curl', 'nginx', 'app'],
    appService: null,
  });
  expect({ complete, missing }).toEqual({ complete: false, missing: [] });
  expect(orphans.map(({ name }) => name)).toEqual(['worker iconByName']);
});

test('straight to the app, no nginx is expected', () => {
  const direct = draw(
    `
    curl/GET          ├──────┤
      astro-ssr/GET    ├────┤
    `,
    { 'astro-ssr/GET': { kind: 'server' }, 'curl/GET': { spanId: clientSpanId } },
  );
  for (const span of direct.spans.slice(1)) span.parentId = clientSpanId;
  expect(missing(direct, ['curl', 'app'])).toEqual([]);
});

test.each(['-', '', undefined])('no app is expected where nginx asked no upstream (%o)', (address) => {
  expect(missing(withUpstreams(address))).toEqual([]);
});

test('of two requests under one curl, each that was passed on needs its answer', () => {
  expect(missing(withUpstreams('-', '127.0.0.1:4321'))).toEqual(['app']);
});

test('the checks name what can be typed or read', () => {
  const [app] = assess(without('astro-ssr'), {
    clientSpanId,
    hops: ['curl', 'nginx', 'app'],
    appService: null,
  }).missing;
  expect(app?.checks.join('\n')).toMatch(/--import.*OTEL_EXPORTER_OTLP_ENDPOINT.*OTEL_SDK_DISABLED/s);
});

test('no app is expected where none answered: what is down sends no span', () => {
  headerTime = '-, -';
  expect(missing(withUpstreams('127.0.0.1:4321, 127.0.0.1:4322'))).toEqual([]);
});

let headerTime = '';
beforeEach(() => {
  headerTime = '0.012';
});

/** curl, and an nginx span for each address. */
function withUpstreams(...addresses: (string | undefined)[]): Trace {
  const [curl, nginx] = trace.spans as [Span, Span];
  const spans = addresses.map((address, index) => ({
    ...nginx,
    spanId: `n${index}`,
    attributes:
      address === undefined ? {} : { 'nginx.upstream_addr': address, 'nginx.upstream_header_time': headerTime },
  }));
  return { ...trace, spans: [curl, ...spans] };
}
