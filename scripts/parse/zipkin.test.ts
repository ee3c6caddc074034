import { expect, test } from 'vitest';
import { parseTraces } from './traces.ts';

const start = 1_790_000_000_000_000;
const good = {
  traceId: '5af7183fb1d4cf5f',
  id: '6b221d5bc9e6496c',
  kind: 'SERVER',
  name: 'get /',
  timestamp: start,
  duration: 300,
  localEndpoint: { serviceName: 'web', ipv4: '10.0.0.1' },
};

function parse(...spans: object[]) {
  const { traces, warnings } = parseTraces(JSON.stringify(spans));
  return { spans: traces[0]?.spans ?? [], warnings: warnings.map(({ message }) => message) };
}

test('a span', () => {
  const annotations = [{ timestamp: start + 5, value: 'ws' }];
  const tags = { 'http.path': '/', error: 'timeout' };
  const { spans, warnings } = parse({ ...good, annotations, tags });
  expect(spans[0]).toMatchObject({
    spanId: good.id,
    kind: 'server',
    start: 0,
    end: 300_000,
    service: 'web',
    status: { code: 'error', message: 'timeout' },
    attributes: { 'http.path': '/' },
    events: [{ name: 'ws', time: 5000 }],
  });
  expect(warnings).toEqual([]);
});

test('an error without words is an error', () => {
  expect(parse({ ...good, tags: { error: '' } }).spans[0]?.status).toEqual({ code: 'error', message: '' });
});

test('whom a client has called', () => {
  const remoteEndpoint = { serviceName: 'mysql', ipv4: '10.0.0.2', port: 3306 };
  expect(parse({ ...good, kind: 'CLIENT', remoteEndpoint }).spans[0]?.attributes).toEqual({
    'peer.service': 'mysql',
    'server.address': '10.0.0.2',
    'server.port': 3306,
  });
});

test("a server that shares its caller's id is a span below it, with what it did below itself", () => {
  const api = { serviceName: 'api' };
  const client = { ...good, kind: 'CLIENT' };
  const server = { ...good, shared: true, timestamp: start + 10, duration: 200, localEndpoint: api };
  const query = { ...good, kind: 'CLIENT', id: 'b1', parentId: good.id, name: 'query', localEndpoint: api };
  const event = { ...good, kind: undefined, id: 'b2', parentId: good.id, name: 'own work' };
  const { spans, warnings } = parse(query, server, client, event);
  const named = new Map(spans.map((span) => [span.spanId, span]));
  expect(spans.map((span) => [span.service, span.name, named.get(span.parentId ?? '')?.service ?? null])).toEqual([
    ['api', 'query', 'api'],
    ['api', 'get /', 'web'],
    ['web', 'get /', null],
    ['web', 'own work', 'web'],
  ]);
  expect(warnings).toEqual([]);
});

test('a shared span whose caller is not there keeps its place', () => {
  const { spans } = parse({ ...good, shared: true, parentId: 'c1' });
  expect(spans[0]).toMatchObject({ spanId: good.id, parentId: '00000000000000c1' });
});

test('a span that was reported before it ended has no length', () => {
  const { spans, warnings } = parse({ ...good, duration: undefined });
  expect(spans[0]).toMatchObject({ start: 0, end: 0 });
  expect(warnings).toEqual([expect.stringContaining('expected an end time, got none')]);
});

test.each<[string, object, string]>([
  ['no id', { id: null }, 'id: expected up to 16 hex digits, not all zero, got "null"'],
  ['a kind of its own', { kind: 'BOTH' }, 'kind: expected CLIENT, SERVER, PRODUCER or CONSUMER, got "BOTH"'],
  ['tags as a list', { tags: ['a'] }, 'tags: expected an object, got a list'],
])('%s becomes a warning', (_, span, expected) => {
  expect(parse({ ...good, ...span }).warnings.join('\n')).toContain(expected);
});
