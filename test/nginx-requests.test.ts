import { once } from 'node:events';
import { readFile, rename } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, app, request, type Site, site } from './nginx-server.ts';
import { freePort, waitFor } from './processes.ts';

/** Requests of every kind: the site answers as it should, and each leaves one well-formed span. */

const answers: Record<string, RequestListener> = {
  '/error': (_request, response) => response.writeHead(500).end(),
  '/missing': (_request, response) => response.writeHead(404).end(),
  '/moved': (_request, response) => response.writeHead(301, { location: '/there/' }).end(),
  '/large': (_request, response) => response.end(Buffer.alloc(20 * 1024 * 1024, 'a')),
  '/text': (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('icons '.repeat(1000)),
  '/never': () => {},
  '/slow': (_request, response) => setTimeout(() => response.end('ok'), 60),
  '/breaks': (request) => request.socket.destroy(),
  '/echo': (request, response) => {
    request.setEncoding('latin1');
    let size = 0;
    request.on('data', (chunk) => {
      size += chunk.length;
    });
    request.on('end', () => response.end(`${size} bytes`));
  },
};

let upstream: App;
let server: Site;

beforeAll(async () => {
  upstream = await app((request, response) => {
    const answer = answers[new URL(request.url ?? '/', 'http://app').pathname];
    if (answer) answer(request, response);
    else response.end('ok');
  });
  server = await site([upstream.port], { ONETRACE_DEPLOYMENT: 'test' });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

/** Sends it and hands back the answer with the one span that it left. */
async function one(bytes: string | Buffer, where = server) {
  const before = (await where.spans()).length;
  const answer = await where.send(bytes);
  // After a body, nginx lingers before it writes the line.
  const spans = await waitFor('the span', async () => {
    const all = (await where.spans()).slice(before);
    if (all.length === 0) throw new Error(`no span, the answer was ${answer.slice(0, 200)}`);
    return all;
  });
  expect(spans).toHaveLength(1);
  return { answer, span: spans[0], attributes: spans[0]?.attributes ?? {} };
}

test('a page is a span with what nginx knows of it', async () => {
  const startedAt = Date.now();
  const { span } = await one(request('/a%20b/?secret=1#part', 'User-Agent: a "quoted" \\ agent\twith a tab'));
  const endedAt = Date.now();
  expect(span).toMatchObject({
    name: 'GET',
    kind: 2,
    status: { code: 0 },
    attributes: {
      'http.request.method': 'GET',
      'url.path': '/a%20b/',
      'url.scheme': 'http',
      'http.response.status_code': '200',
      'http.response.body.size': '2',
      'client.address': '127.0.0.1',
      'server.address': 'shop.example',
      'user_agent.original': 'a "quoted" \\ agent\twith a tab',
      'network.protocol.version': '1.1',
      'nginx.upstream_addr': `127.0.0.1:${upstream.port}`,
      'nginx.upstream_status': '200',
      'nginx.upstream_connect_time': expect.stringMatching(/^\d\.\d{3}$/),
      'nginx.upstream_header_time': expect.stringMatching(/^\d\.\d{3}$/),
      'nginx.upstream_response_time': expect.stringMatching(/^\d\.\d{3}$/),
      'nginx.request_time': expect.stringMatching(/^\d\.\d{3}$/),
    },
    resource: {
      'service.name': 'nginx',
      'service.version': expect.stringMatching(/^1\.\d+\.\d+$/),
      'service.instance.id': hostname(),
      'host.name': hostname(),
      'deployment.environment.name': 'test',
    },
  });
  expect(JSON.stringify(span)).not.toContain('secret');
  const [start, end] = [Number(span?.startTimeUnixNano) / 1e6, Number(span?.endTimeUnixNano) / 1e6];
  expect(start).toBeGreaterThanOrEqual(startedAt - 1);
  expect(end).toBeGreaterThanOrEqual(start);
  expect(end).toBeLessThanOrEqual(endedAt);
});

test('the span begins when the request does, not when the answer is written', async () => {
  const { span } = await one(request('/slow'));
  expect(Number(span?.endTimeUnixNano) - Number(span?.startTimeUnixNano)).toBeGreaterThanOrEqual(50e6);
});

test('the trace id stands within the first 1,000 bytes, by which the Collector tells files apart', async () => {
  const { span } = await one(request('/'));
  const [line] = (await readFile(server.spanFile, 'latin1')).split('\n').slice(-2);
  expect(line?.indexOf(String(span?.traceId))).toBeLessThan(1000);
});

describe('a status', () => {
  test.each([
    ['/missing', 404, 0],
    ['/moved', 301, 0],
    ['/error', 500, 2],
    ['/breaks', 502, 2],
  ])('of %s is %i, span status %i', async (path, status, code) => {
    const { answer, span } = await one(request(path));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(span).toMatchObject({ status: { code }, attributes: { 'http.response.status_code': String(status) } });
  });

  test('of a client that left is 499, and no error', async () => {
    const before = (await server.spans()).length;
    const socket = connect(server.port, '127.0.0.1');
    socket.write(request('/never'));
    const reached = upstream.requests.length;
    await waitFor('the app to have the request', async () => expect(upstream.requests.length).toBeGreaterThan(reached));
    socket.destroy();
    const span = await waitFor('its span', async () => {
      const [found] = (await server.spans()).slice(before);
      if (!found) throw new Error('no span');
      return found;
    });
    expect(span).toMatchObject({ status: { code: 0 }, attributes: { 'http.response.status_code': '499' } });
  });

  test('of an app that is down is 502, and says which instances were tried', async () => {
    const [a, b] = [await freePort(), await freePort()];
    await using down = await site([a, b]);
    const { answer, span, attributes } = await one(request('/'), down);
    expect(answer).toMatch(/^HTTP\/1\.1 502/);
    expect(span?.status.code).toBe(2);
    expect(attributes['nginx.upstream_addr']).toMatch(new RegExp(`^127.0.0.1:(${a}|${b}), 127.0.0.1:(${a}|${b})$`));
    expect(attributes['nginx.upstream_status']).toBe('502, 502');
  });
});

describe('two instances', () => {
  test('one down: the other answers, and both are in the span', async () => {
    const gone = await freePort();
    await using half = await site([gone, upstream.port]);
    const seen = [];
    for (let n = 0; n < 2; n += 1) seen.push(await one(request('/'), half));
    expect(seen.map(({ answer }) => answer.slice(0, 12))).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    const retried = seen.find(({ attributes }) => attributes['nginx.upstream_addr']?.includes(String(gone)));
    expect(retried?.attributes).toMatchObject({
      'nginx.upstream_addr': `127.0.0.1:${gone}, 127.0.0.1:${upstream.port}`,
      'nginx.upstream_status': '502, 200',
    });
  });

  test('a POST that may have been carried out is not sent to the other', async () => {
    await using other = await app();
    await using pair = await site([upstream.port, other.port]);
    const body = (method: string) =>
      `${method} /breaks HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx`;
    const statuses = [];
    for (let n = 0; n < 2; n += 1) statuses.push((await one(body('POST'), pair)).answer.slice(9, 12));
    expect(statuses.sort()).toEqual(['200', '502']);
  });

  test('connections to the app are kept', async () => {
    await using fresh = await app();
    const sockets = new Set();
    fresh.server.on('connection', (socket) => sockets.add(socket));
    await using kept = await site([fresh.port], {});
    for (let n = 0; n < 20; n += 1) await kept.get('/');
    // One a worker at most.
    expect(sockets.size).toBeLessThanOrEqual(16);
    expect(sockets.size).toBeLessThan(fresh.requests.length);
  });
});

describe('bodies', () => {
  test('an answer of 20 MB goes through', async () => {
    const { answer, attributes } = await one(request('/large'));
    expect(answer.length).toBeGreaterThan(20 * 1024 * 1024);
    expect(attributes['http.response.body.size']).toBe(String(20 * 1024 * 1024));
  });

  test('an upload of 20 MB goes through', async () => {
    const size = 20 * 1024 * 1024;
    const head = `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`;
    expect((await one(Buffer.concat([Buffer.from(head), Buffer.alloc(size)]))).answer).toContain(`${size} bytes`);
  });

  test('an upload above 25 MB gets 413 before the app is asked', async () => {
    const head = `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${26 * 1024 * 1024}\r\nConnection: close\r\n\r\n`;
    const { answer, attributes } = await one(head);
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
    expect(attributes['nginx.upstream_addr']).toBe('');
  });

  test('text is compressed for who accepts it', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/text`);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe('icons '.repeat(1000));
  });
});

describe('odd requests', () => {
  test.each([
    ['bytes that are no UTF-8', Buffer.from('/ok/\xe9\xff/x', 'latin1'), '/ok/'],
    ['UTF-8 as it is', Buffer.from('/ok/é/😀'), '/ok/é/😀'],
    ['a character cut off', Buffer.from('/ok/\xf0\x9f\x98', 'latin1'), '/ok/'],
    ['an encoded surrogate', Buffer.from('/ok/\xed\xa0\x80', 'latin1'), '/ok/'],
    ['quotes and backslashes', Buffer.from('/"\\u0000\\'), '/"\\u0000\\'],
    ['a path of 7,000 characters', Buffer.from(`/${'long'.repeat(1750)}`), `/${'long'.repeat(1750)}`.slice(0, 1024)],
    ['a multi-byte character across the limit', Buffer.from(`/${'a'.repeat(1022)}é`), `/${'a'.repeat(1022)}`],
    ['a whole URL', Buffer.from('http://other.example/there?x'), '/there'],
    ['a URL without path', Buffer.from('http://other.example'), '/'],
  ])('with %s', async (_name, path, recorded) => {
    // Node turns some of these down with 400, which is the app's to decide.
    const { span } = await one(Buffer.concat([Buffer.from('GET '), path, Buffer.from(request('').slice(4))]));
    expect(span?.attributes['url.path']).toBe(recorded);
  });

  test.each([
    ['bytes that are no UTF-8', Buffer.from('bot \xe9', 'latin1'), 'bot '],
    ['UTF-8', Buffer.from('böt'), 'böt'],
    ['7,000 characters', Buffer.from('a'.repeat(7000)), 'a'.repeat(256)],
    ['control characters', Buffer.from('a\x01b\x1f'), 'a\x01b\x1f'],
    ['nothing', Buffer.from(''), ''],
  ])('with a User-Agent of %s', async (_name, agent, recorded) => {
    const [head, tail] = ['GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: ', '\r\nConnection: close\r\n\r\n'];
    const { span } = await one(Buffer.concat([Buffer.from(head), agent, Buffer.from(tail)]));
    // Newer versions turn control characters in a header down.
    if (span?.attributes['http.response.status_code'] !== '400')
      expect(span?.attributes['user_agent.original']).toBe(recorded);
  });

  test.each([
    ['garbage', 'garbage\r\n\r\n', '400'],
    ['a lower-case method', 'get / HTTP/1.1\r\nHost: a\r\n\r\n', '400'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', '400'],
    ['a request line without end', `GET /${'a'.repeat(9000)} HTTP/1.1\r\n\r\n`, '414'],
    ['a header without end', `GET / HTTP/1.1\r\nHost: a\r\ntracestate: ${'a'.repeat(9000)}\r\n\r\n`, '400'],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a"\xff b\r\n\r\n', '400'],
  ])('%s is turned down, and still a span', async (_name, bytes, status) => {
    const { span } = await one(Buffer.from(bytes, 'latin1'));
    expect(span?.attributes['http.response.status_code']).toBe(status);
    expect(span?.startTimeUnixNano).toBe(span?.endTimeUnixNano);
    expect(span?.name).toMatch(/^(GET|HTTP)$/);
  });

  test('a method that nobody knows does not become a span name', async () => {
    const { span } = await one('BREW / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(span).toMatchObject({ name: 'HTTP', attributes: { 'http.request.method': '_OTHER' } });
  });

  test('HTTP/1.0 without Host', async () => {
    upstream.requests.length = 0;
    const { attributes } = await one('GET / HTTP/1.0\r\n\r\n');
    expect(attributes).toMatchObject({ 'http.response.status_code': '200', 'network.protocol.version': '1.0' });
    expect(upstream.requests[0]?.headers.host).toBe('_');
  });
});

describe('what the app is told', () => {
  test('the host with its port, and the client as nginx saw it', async () => {
    upstream.requests.length = 0;
    await server.get('/', 'Host: shop.example:8080', 'X-Forwarded-For: 6.6.6.6', 'X-Real-IP: 6.6.6.6');
    expect(upstream.requests[0]?.headers).toMatchObject({
      host: 'shop.example:8080',
      'x-forwarded-host': 'shop.example:8080',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-real-ip': '127.0.0.1',
    });
    expect(upstream.requests[0]?.headers).not.toHaveProperty('upgrade');
  });

  test.each([
    ['a trusted caller', 'https', 'https', {}],
    ['a trusted caller', 'http', 'http', {}],
    ['a trusted caller', 'gopher', 'http', {}],
    ['a trusted caller', 'https, http', 'http', {}],
    ['a stranger', 'https', 'http', { ONETRACE_TRUSTED: '' }],
  ])('the scheme: %s who says %s is told on as %s', async (_name, said, told, env) => {
    await using front = await site([upstream.port], env);
    upstream.requests.length = 0;
    await front.get('/', `X-Forwarded-Proto: ${said}`);
    expect(upstream.requests[0]?.headers['x-forwarded-proto']).toBe(told);
  });

  test('a WebSocket is passed on', async () => {
    await using chat = await app();
    chat.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.on('data', (data) => socket.end(`echo ${data}`));
    });
    await using front = await site([chat.port]);
    const socket = connect(front.port, '127.0.0.1');
    let received = '';
    socket.on('data', (data) => {
      received += data;
      if (String(data).includes('101')) socket.write('hello');
    });
    socket.write('GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    await once(socket, 'close');
    expect(received).toContain('echo hello');
    expect(await front.spans()).toMatchObject([{ attributes: { 'http.response.status_code': '101' } }]);
  });

  test('another upgrade is not', async () => {
    upstream.requests.length = 0;
    await server.send(
      'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nConnection: Upgrade, close\r\n\r\n',
    );
    expect(upstream.requests[0]?.headers).not.toHaveProperty('upgrade');
  });
});

describe('the span file', () => {
  test('renamed and reopened: nothing is lost', async () => {
    await using rotating = await site([upstream.port]);
    await rotating.get('/before');
    await rename(rotating.spanFile, `${rotating.spanFile}.1`);
    await rotating.get('/between');
    const pid = Number(await readFile(`${rotating.directory}/nginx.pid`, 'utf8'));
    process.kill(pid, 'SIGUSR1');
    await waitFor('the new file', async () => readFile(rotating.spanFile));
    await rotating.get('/after');
    const old = await readFile(`${rotating.spanFile}.1`, 'utf8');
    expect(old.trim().split('\n')).toHaveLength(2);
    expect((await rotating.spans()).map((span) => span.attributes['url.path'])).toEqual(['/after']);
  });

  test.runIf(process.getuid?.() === 0)('on a full disk costs the span, not the page', async () => {
    await using full = await site([upstream.port], { ONETRACE_SPAN_FILE: '/dev/full' });
    expect(await full.get('/')).toMatch(/^HTTP\/1\.1 200/);
  });
});

test.runIf(process.getuid?.() === 0)(
  'the same files serve an unprivileged nginx, as in the official image',
  async () => {
    await using unprivileged = await site([upstream.port], {}, 65534);
    const size = 2 * 1024 * 1024;
    const head = `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`;
    const { answer } = await one(Buffer.concat([Buffer.from(head), Buffer.alloc(size)]), unprivileged);
    expect(answer).toContain(`${size} bytes`);
    expect(unprivileged.process.output()).not.toMatch(/directive|emerg|alert|crit|error/);
  },
);
