import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Attributes } from '@opentelemetry/api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Incoming, requestAttributes } from './attributes.ts';

const require = createRequire(import.meta.url);
const upstream = require(join(dirname(require.resolve('@opentelemetry/instrumentation-http')), 'utils.cjs')) as {
  getIncomingRequestAttributes(request: Incoming, options: object, log: object): Attributes;
};

function ofUpstream(request: Incoming, component = 'http'): Attributes {
  const all = upstream.getIncomingRequestAttributes(request, { component }, { verbose() {} });
  // It states what it does not know as well; no value is no attribute.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const HOST = 'Host: icons.example:8080';
/** Upstream makes a URL of both. */
const NO_PATH = { 'url.path': [undefined, '/'] };

describe('real requests say what upstream says of them', () => {
  /** Of the last request, while its connection was open. */
  let said: { ours: Attributes; theirs: Attributes; oursByTls: Attributes; theirsByTls: Attributes };
  const server = createServer((request, response) => {
    said = {
      ours: requestAttributes(request, 'http'),
      theirs: ofUpstream(request),
      oursByTls: requestAttributes(request, 'https'),
      theirsByTls: ofUpstream(request, 'https'),
    };
    response.end();
  });
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => server.close());

  async function send(lines: string[]): Promise<typeof said> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.end(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`, 'latin1');
    const answer = await text(socket);
    expect(answer).toContain('200 OK');
    return said;
  }

  test.each([
    ['plain', 'GET /icons/tabler/ HTTP/1.1', HOST, 'User-Agent: curl/8.5.0'],
    ['a query', 'GET /icons?q=home&page=2&size= HTTP/1.1', HOST],
    ['a query that is written differently', 'GET /icons?q=a%20b&flag&x=a=b&%C3%BC=%c3%bc HTTP/1.1', HOST],
    ['an empty query', 'GET /icons? HTTP/1.1', HOST],
    ['only ampersands', 'GET /icons?&&a=1& HTTP/1.1', HOST],
    ['a signature', 'GET /file?sig=s3cret&a=1 HTTP/1.1', HOST],
    ['signatures, one of them twice', 'GET /file?X-Amz-Signature=1&a=1&X-Amz-Signature=2&Signature=3 HTTP/1.1', HOST],
    ['a signature in disguise', 'GET /file?%73ig=s3cret HTTP/1.1', HOST],
    ['a name that ends like a signature', 'GET /file?design=1 HTTP/1.1', HOST],
    ['a question mark in the query', 'GET /a?b=c?d=e HTTP/1.1', HOST],
    ['dots', 'GET /a/../b/./c HTTP/1.1', HOST],
    ['encoded dots', 'GET /a/%2e%2E/b HTTP/1.1', HOST],
    ['a dot file', 'GET /.well-known/x?y=1 HTTP/1.1', HOST],
    ['slashes', 'GET /a//b// HTTP/1.1', HOST],
    ['backslashes', 'GET /a\\b HTTP/1.1', HOST],
    ['what a URL encodes', 'GET /a"<>`{}|^[] HTTP/1.1', HOST],
    ['a wrong escape', 'GET /%zz%?%zz=% HTTP/1.1', HOST],
    ['a fragment', 'GET /a?b=1#c HTTP/1.1', HOST],
    ['a fragment without a query', 'GET /a#c?d HTTP/1.1', HOST],
    ['a whole URL', 'GET http://other.example:81/a/../b?c=d%20e HTTP/1.1', HOST],
    ['a whole URL without a path', 'GET http://other.example HTTP/1.1', HOST],
    ['all of the server', 'OPTIONS * HTTP/1.1', HOST],
    ['a method that is no standard', 'PROPFIND / HTTP/1.1', HOST],
    ['a new method', 'QUERY / HTTP/1.1', HOST],
    ['HTTP/1.0', 'GET / HTTP/1.0', HOST],
    ['no Host', 'GET /a?b=1 HTTP/1.0'],
    ['an empty Host', 'GET / HTTP/1.1', 'Host:'],
    ['a Host without a port', 'GET / HTTP/1.1', 'Host: icons.example'],
    ['an IPv6 Host', 'GET / HTTP/1.1', 'Host: [2001:db8::1]'],
    ['an IPv6 Host with a port', 'GET / HTTP/1.1', 'Host: [2001:db8::1]:8443'],
    ['a bare IPv6 X-Forwarded-Host', 'GET / HTTP/1.1', HOST, 'X-Forwarded-Host: ::1'],
    ['a long Host', 'GET / HTTP/1.1', `Host: ${'a'.repeat(5000)}:1`],
    ['X-Forwarded-For', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: 192.0.2.60, 10.0.0.1'],
    ['X-Forwarded-For with a port', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: 192.0.2.60:4711'],
    ['X-Forwarded-For twice', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 192.0.2.2'],
    ['X-Forwarded-For of IPv6', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: 2001:db8::1'],
    ['X-Forwarded-For of IPv6 with a port', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: [2001:db8::1]:4711'],
    ['X-Forwarded-For that is a name', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: Unknown'],
    ['X-Forwarded-For that is nothing', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: a b%'],
    ['X-Forwarded-For of a strange IPv4', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: 010.1.256'],
    ['X-Forwarded-For of no IPv4', 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: 192.0.2.999'],
    ['X-Forwarded-Host', 'GET / HTTP/1.1', HOST, 'X-Forwarded-Host: shop.example'],
    ['… and -Proto', 'GET / HTTP/1.1', HOST, 'X-Forwarded-Host: shop.example', 'X-Forwarded-Proto: https'],
    ['… and another -Proto', 'GET / HTTP/1.1', HOST, 'X-Forwarded-Host: shop.example', 'X-Forwarded-Proto: wss'],
    ['… with a port', 'GET / HTTP/1.1', HOST, 'X-Forwarded-Host: shop.example:8443', 'X-Forwarded-Proto: https'],
    ['… of IPv6', 'GET / HTTP/1.1', HOST, 'X-Forwarded-Host: [::1]', 'X-Forwarded-Proto: https'],
    ['X-Forwarded-Proto alone', 'GET / HTTP/1.1', HOST, 'X-Forwarded-Proto: https'],
    ['Forwarded', 'GET / HTTP/1.1', HOST, 'Forwarded: for=192.0.2.60;proto=https;host=shop.example;by=203.0.113.43'],
    ['Forwarded quoted', 'GET / HTTP/1.1', HOST, 'Forwarded: FOR="[2001:db8:cafe::17]:4711";Host="a.example:81"'],
    ['Forwarded escaped', 'GET / HTTP/1.1', HOST, 'Forwarded: for="_hid\\"den";host="a\\\\b"'],
    ['Forwarded by several', 'GET / HTTP/1.1', HOST, 'Forwarded: by=a, for=b;proto=http, host=c, host=d;for=e'],
    ['Forwarded over others', 'GET / HTTP/1.1', HOST, 'Forwarded: for=a;host=b', 'X-Forwarded-For: c'],
    ['Forwarded without a host', 'GET / HTTP/1.1', HOST, 'Forwarded: for=a', 'X-Forwarded-Host: b'],
    ['Forwarded that is broken', 'GET / HTTP/1.1', HOST, 'Forwarded: for=[::1]', 'X-Forwarded-For: 192.0.2.1'],
    ['Forwarded with empty values', 'GET / HTTP/1.1', HOST, 'Forwarded: for="";host=""', 'X-Forwarded-For: 192.0.2.1'],
  ])('%s', async (_what, ...lines) => {
    const { ours, theirs, oursByTls, theirsByTls } = await send(lines);
    expect(ours).toEqual(theirs);
    expect(ours['network.peer.address']).toBe('127.0.0.1');
    expect(oursByTls).toEqual(theirsByTls);
  });

  /** Where upstream is wrong: what it says, and what is said here. */
  test.each([
    ['a path is no host', ['GET //evil/path HTTP/1.1', HOST], { 'url.path': ['/path', '//evil/path'] }],
    [
      'a wrong Host takes no path away',
      ['GET /a?b=1 HTTP/1.1', 'Host: a b'],
      { 'url.path': [undefined, '/a'], 'url.query': [undefined, 'b=1'] },
    ],
    ['a query may begin like one', ['GET /??a=1 HTTP/1.1', HOST], { 'url.query': ['a=1', '%3Fa=1'] }],
    ['a port is a number', ['GET / HTTP/1.1', 'Host: a:b'], { 'server.port': [Number.NaN, undefined], ...NO_PATH }],
    ['and nothing is none', ['GET / HTTP/1.1', 'Host: a:'], { 'server.port': [0, undefined] }],
    [
      'a port has a host',
      ['GET / HTTP/1.1', 'Host: :80'],
      { 'server.address': ['', undefined], 'server.port': [80, undefined], ...NO_PATH },
    ],
    [
      'the first of a list of hosts is the one that was asked',
      ['GET / HTTP/1.1', HOST, 'X-Forwarded-Host: a, b', 'X-Forwarded-Proto: https, http'],
      { 'server.address': ['a, b', 'a'], 'server.port': [undefined, 443] },
    ],
    [
      'a proxy that names nobody',
      ['GET / HTTP/1.1', HOST, 'X-Forwarded-For: , 192.0.2.1'],
      { 'client.address': ['', '127.0.0.1'] },
    ],
    [
      'a proxy that names no host',
      ['GET / HTTP/1.1', HOST, 'X-Forwarded-Host:'],
      { 'server.address': ['', 'icons.example'], 'server.port': [undefined, 8080] },
    ],
  ] as [string, string[], Record<string, unknown[]>][])('but: %s', async (_what, lines, different) => {
    const { ours, theirs } = await send(lines);
    for (const [name, values] of Object.entries(different)) {
      expect([theirs[name], ours[name]]).toEqual(values);
      delete theirs[name];
      delete ours[name];
    }
    expect(ours).toEqual(theirs);
  });
});

describe('any request', () => {
  const piece = fc.constantFrom(
    ...'aZ09-._~!$&\'()*+,;=:@%/?#[]|^`{}"<>\\ä',
    ...['%2e', '..', 'sig=', '&Signature=', '%41', '%zz'],
  );
  // What begins with two slashes, and a query that begins with a question mark: see above.
  const target = fc.string({ unit: piece }).map((rest) => `/${rest.replace(/^[/\\]+/, '').replace(/\?+/, '?')}`);

  const junk = fc.string({ unit: fc.constantFrom(...'aB1.-_[]%@'), minLength: 1 });
  const bracketed = fc.ipV6().map((address) => `[${address}]`);
  const port = fc.option(fc.nat(99_999), { nil: undefined });
  const withPort = fc
    .tuple(fc.oneof(junk, fc.domain(), fc.ipV4(), bracketed), port)
    .map(([name, number]) => (number === undefined ? name : `${name}:${number}`));
  const host = fc.oneof(withPort, fc.ipV6());
  const client = fc.oneof(withPort, fc.ipV6(), fc.ipV4Extended());

  test('says the path and the query as upstream does', () => {
    fc.assert(
      fc.property(target, (url) => {
        const request = { method: 'GET', url, headers: { host: 'a' } };
        expect(requestAttributes(request, 'http')).toEqual(ofUpstream({ ...request, socket: {} }));
      }),
      { numRuns: 2000 },
    );
  });

  test('says the addresses as upstream does', () => {
    fc.assert(
      fc.property(host, client, fc.constantFrom('http', 'https', 'ws'), (host, client, proto) => {
        const headers = { 'x-forwarded-host': host, 'x-forwarded-for': client, 'x-forwarded-proto': proto };
        const request = { method: 'GET', url: '/', headers };
        expect(requestAttributes(request, 'http')).toEqual(ofUpstream({ ...request, socket: {} }));
      }),
      { numRuns: 2000 },
    );
  });

  test('of which little is known says that', () => {
    expect(requestAttributes({ headers: {} }, 'http')).toEqual({
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'url.path': '/',
    });
  });
});
