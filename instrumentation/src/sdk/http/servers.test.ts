import { type EventEmitter, errorMonitor, once } from 'node:events';
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Attributes, MeterProvider } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { contexts } from '../../spans/context-manager.ts';
import { api, core } from '../api.ts';
import { ignoring } from '../ignore.ts';
import { markIncomplete } from '../incomplete.ts';
import { spanMakingOf } from '../internals.ts';
import { nameRoute } from '../route.ts';
import { ServerContext } from './server-context.ts';
import { serverTracers } from './server-tracer.ts';
import { SCOPE, traceServers, tracingRequests } from './servers.ts';

const require = createRequire(import.meta.url);
const ofSdk = createRequire(require.resolve('@opentelemetry/sdk-node'));
const { ParentBasedSampler, AlwaysOnSampler, TracerProvider } =
  require('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');
const { HttpInstrumentation } =
  require('@opentelemetry/instrumentation-http') as typeof import('@opentelemetry/instrumentation-http');

type Emit = Server['emit'];
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const TRACE = '11111111111111111111111111111111';
const SAMPLED = { traceparent: `00-${TRACE}-2222222222222222-01` };
const NOT_SAMPLED = { traceparent: `00-${TRACE}-2222222222222222-00` };
const ignored = ignoring(['/healthz']);

const ended: ReadableSpan[] = [];
const keeping: SpanProcessor = {
  onStart() {},
  onEnd: (span) => ended.push(span),
  forceFlush: async () => {},
  shutdown: async () => {},
};

const provider = new TracerProvider({
  sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  spanProcessors: [keeping],
});
const tracer = serverTracers(spanMakingOf({ _tracerProvider: provider } as never))(SCOPE);

beforeAll(() => {
  api.trace.setGlobalTracerProvider(provider);
  api.context.setGlobalContextManager(contexts);
  api.propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
});

const servers: Server[] = [];
beforeEach(() => {
  ended.length = 0;
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const ours = () => tracingRequests(http.Server.prototype.emit, 'http', tracer, ignored);

function upstreams(meters?: MeterProvider): Emit {
  const instrumentation = new HttpInstrumentation({
    enabled: false,
    ignoreIncomingRequestHook: ignored,
    applyCustomAttributesOnSpan: (span, _request, response) => markIncomplete(span, response as ServerResponse),
  });
  if (meters !== undefined) instrumentation.setMeterProvider(meters);
  const patch = instrumentation as unknown as {
    _getPatchIncomingRequestFunction(component: string): (emit: Emit) => Emit;
  };
  return patch._getPatchIncomingRequestFunction('http')(http.Server.prototype.emit);
}

async function serve(emit: Emit, handler: Handler, options: http.ServerOptions = {}): Promise<string> {
  const server = http.createServer(options, handler);
  server.emit = emit;
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(emit: Emit, handler: Handler, path: string, init: RequestInit = { headers: SAMPLED }) {
  const answer = await fetch(`${await serve(emit, handler)}${path}`, init);
  await answer.text();
  await Promise.all(servers.map(closed));
}

/** A response closes after its last byte has arrived. */
async function closed(server: Server): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
}

function drawn(span: ReadableSpan) {
  const { name, kind, attributes, status, events, parentSpanContext } = span;
  const { 'network.peer.port': _, 'server.port': __, ...stable } = attributes;
  return {
    name,
    kind,
    attributes: stable,
    status,
    events: events.map(({ name, attributes = {} }) => [name, { ...attributes, 'exception.stacktrace': undefined }]),
    parent: parentSpanContext?.spanId,
    trace: parentSpanContext && span.spanContext().traceId,
  };
}

describe('a span says what upstream says', () => {
  const route: Handler = (_request, response) => {
    nameRoute('/icons/[icon]');
    response.end();
  };
  test.each<[string, Handler, string, RequestInit?]>([
    ['an answer', (_request, response) => response.end('ok'), '/page?a=1'],
    ['without a parent', (_request, response) => response.end('ok'), '/page', {}],
    ['a page that is not there', (_request, response) => response.writeHead(404).end(), '/'],
    ['a failure', (_request, response) => response.writeHead(503).end(), '/'],
    ['a strange status', (_request, response) => response.writeHead(700).end(), '/'],
    ['a route', route, '/icons/home'],
    ['a route of an odd method', route, '/icons/home', { method: 'PROPFIND', headers: SAMPLED }],
    [
      'an empty route',
      (_request, response) => {
        (core.getRPCMetadata(api.context.active()) as { route: string }).route = '';
        response.end();
      },
      '/',
    ],
    [
      'a response that is written to after its end',
      (_request, response) => {
        response.on('error', () => {});
        response.end();
        response.write('late');
      },
      '/',
    ],
    [
      'a connection that is cut',
      (_request, response) => {
        response.write('half');
        setImmediate(() => response.destroy());
      },
      '/',
    ],
  ])('of %s', async (_what, handler, path, init = { headers: SAMPLED }) => {
    for (const emit of [upstreams(), ours()])
      await ask(emit, handler, path, init).catch(() => Promise.all(servers.map(closed)));
    expect(ended).toHaveLength(2);
    const [theirs, own] = ended.map(drawn);
    expect(own).toEqual(theirs);
    expect(ended[1]?.instrumentationScope.name).toBe('@onetrace/instrumentation/http');
  });

  test('of a listener that throws, and the error goes on to the caller', async () => {
    const error = new TypeError('planted');
    expect([await thrownBy(upstreams(), error), await thrownBy(ours(), error)]).toEqual([[error], [error]]);
    const [theirs, own] = ended.map(drawn);
    expect(own).toEqual(theirs);
    expect(own?.attributes).toMatchObject({ 'error.type': 'TypeError' });
  });
});

/** Upstream does not know what type these are, and swallows what is empty. */
test.each(['planted', undefined])('a listener may throw what is no error: %s', async (error) => {
  expect(await thrownBy(ours(), error)).toEqual([error]);
  expect(ended.map(drawn)).toMatchObject([
    { status: { code: 2, message: String(error) }, attributes: { 'error.type': typeof error } },
  ]);
});

/** What whoever emits `request` has to catch, when its listener throws `error`. */
async function thrownBy(emit: Emit, error: unknown): Promise<unknown[]> {
  const caught: unknown[] = [];
  const catching = function (this: Server, ...args: Parameters<Emit>) {
    try {
      return Reflect.apply(emit, this, args);
    } catch (thrown) {
      caught.push(thrown);
      (args[2] as unknown as ServerResponse).writeHead(500).end();
      return true;
    }
  } as Emit;
  const throwing = () => {
    throw error;
  };
  await ask(catching, throwing, '/');
  return caught;
}

test('a client that hangs up leaves a span that says so, and is heard of in its context', async () => {
  const seen: unknown[] = [];
  const handler: Handler = (_request, response) => {
    response.on('close', () => seen.push(api.trace.getActiveSpan()?.spanContext().spanId));
    response.write('half');
  };
  const address = new URL(await serve(ours(), handler));
  const socket = connect(Number(address.port), address.hostname);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'data');
  socket.destroy();
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  expect(ended[0]?.attributes).toMatchObject({ 'http.response.status_code': 200, 'error.type': 'incomplete_response' });
  expect(ended[0]?.status.code).toBe(api.SpanStatusCode.ERROR);
  expect(seen).toEqual([ended[0]?.spanContext().spanId]);
});

describe('a response that waits for the one before it', () => {
  /** As Node makes it, and as it stays in Node 22 when the connection breaks. */
  function waiting(socket: Socket) {
    const request = new http.IncomingMessage(socket);
    return { request, response: new http.ServerResponse(request) };
  }

  test('ends with its connection', async () => {
    const server = http.createServer();
    server.emit = ours();
    const socket = new Socket();
    const { request, response } = waiting(socket);
    server.emit('request', request, response);
    expect(ended).toEqual([]);
    await once(socket.destroy(), 'close');
    expect(ended[0]?.attributes).toMatchObject({ 'error.type': 'incomplete_response' });
    response.emit('close');
    expect(ended).toHaveLength(1);
  });

  test('and has closed is not heard of again', async () => {
    const server = http.createServer();
    server.emit = ours();
    const socket = new Socket();
    const count = socket.listenerCount('close');
    const heard: unknown[] = [];
    for (let made = 0; made < 20; made++) {
      const { request, response } = waiting(socket);
      server.emit('request', request, response);
      response.emit('close');
      response.emit = (event) => heard.push(event) > 0;
    }
    expect(socket.listenerCount('close')).toBe(count + 1);
    await once(socket.destroy(), 'close');
    expect(heard).toEqual([]);
    expect(ended).toHaveLength(20);
  });

  test("may be nobody's", () => {
    const server = http.createServer();
    server.emit = ours();
    const { request, response } = waiting({} as Socket);
    server.emit('request', request, response);
    response.emit('close');
    expect(ended).toHaveLength(1);
  });

  test.each([
    ['by its client', () => {}],
    ['by the server', (response: ServerResponse) => response.destroy()],
  ])('ends with its connection, cut %s', async (_whom, first) => {
    const responses: ServerResponse[] = [];
    const address = new URL(await serve(ours(), (_request, response) => responses.push(response)));
    const socket = connect(Number(address.port), address.hostname).on('error', () => {});
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n');
    await vi.waitFor(() => expect(responses).toHaveLength(2));
    first(responses[0] as ServerResponse);
    socket.destroy();
    await vi.waitFor(() => expect(ended).toHaveLength(2));
    expect(ended.map(({ attributes }) => attributes['error.type'])).toEqual(Array(2).fill('incomplete_response'));
  });
});

test('all that happens with a request happens in its context, also on a connection that is used again', async () => {
  const ids: unknown[][] = [];
  const span = () => api.trace.getActiveSpan()?.spanContext().spanId;
  const address = await serve(ours(), (request, response) => {
    const seen = [span()];
    ids.push(seen);
    request.on('data', () => seen.push(span()));
    request.on('end', () => {
      seen.push(span());
      setTimeout(() => {
        seen.push(span());
        response.on('finish', () => seen.push(span()));
        response.on('close', () => seen.push(span()));
        response.end();
      });
    });
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let request = 0; request < 2; request++) {
    const sent = http.request(address, { agent, method: 'POST' }).end('body');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await text(answer);
  }
  agent.destroy();
  await vi.waitFor(() => expect(ended).toHaveLength(2));
  expect(ids).toEqual(ended.map((span) => Array(6).fill(span.spanContext().spanId)));
  expect(span()).toBeUndefined();
});

test('the request and the response may be of classes with their own emit', async () => {
  class Request extends http.IncomingMessage {
    override emit(...args: Parameters<EventEmitter['emit']>): boolean {
      return super.emit(...args);
    }
  }
  class Response extends http.ServerResponse {
    override emit(...args: Parameters<EventEmitter['emit']>): boolean {
      return super.emit(...args);
    }
  }
  const seen: unknown[] = [];
  const address = await serve(
    ours(),
    (request, response) => {
      request.resume().on('end', () => {
        seen.push(api.trace.getActiveSpan()?.spanContext().spanId);
        response.end();
      });
    },
    { IncomingMessage: Request, ServerResponse: Response } as http.ServerOptions,
  );
  await (await fetch(address, { method: 'POST', body: 'body' })).text();
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  expect(seen).toEqual([ended[0]?.spanContext().spanId]);
});

test('an unsampled request costs a context: no listener, no attribute, and what it calls is unsampled', async () => {
  const read = new Set<string | symbol>();
  const watched = (emit: Emit) =>
    function (this: Server, ...args: Parameters<Emit>) {
      const request = args[1] as IncomingMessage;
      const get = (headers: object, name: string | symbol) => Reflect.get(headers, read.add(name) && name);
      if (request instanceof http.IncomingMessage)
        Object.defineProperty(request, 'headers', { value: new Proxy(request.headers, { get }) });
      return Reflect.apply(emit, this, args);
    } as Emit;
  const seen: unknown[] = [];
  const handler: Handler = (_request, response) => {
    const { traceId, traceFlags } = api.trace.getActiveSpan()?.spanContext() ?? {};
    const listeners = response.listenerCount('close') + response.listenerCount(errorMonitor);
    seen.push([traceId, traceFlags, api.trace.getActiveSpan()?.isRecording(), listeners]);
    response.end();
  };
  for (const emit of [http.Server.prototype.emit, ours()])
    await (await fetch(await serve(watched(emit), handler), { headers: NOT_SAMPLED })).text();
  const [[, , , before]] = seen as [[unknown, unknown, unknown, number]];
  expect(seen[1]).toEqual([TRACE, 0, false, before]);
  expect(ended).toEqual([]);
  expect(read).not.toContain('user-agent');

  await (await fetch(await serve(watched(ours()), handler), { headers: SAMPLED })).text();
  expect(seen[2]).toEqual([TRACE, 1, true, before + 2]);
  expect(read).toContain('user-agent');
});

test.each([
  ['', SAMPLED, 1],
  [' that is not sampled', NOT_SAMPLED, 0],
])('a request%s that a server hands on to another one is still one request', async (_which, headers, count) => {
  const inner = http.createServer((_request, response) => {
    seen.push(api.trace.getActiveSpan());
    response.end();
  });
  inner.emit = ours();
  const seen: unknown[] = [];
  const started = vi.spyOn(tracer, 'startSpan');
  await ask(
    ours(),
    (request, response) => {
      seen.push(api.trace.getActiveSpan());
      inner.emit('request', request, response);
    },
    '/',
    { headers },
  );
  expect(started).toHaveBeenCalledTimes(1);
  expect(ended).toHaveLength(count);
  expect(seen[0]).toBeDefined();
  expect(seen[1]).toBe(seen[0]);
  started.mockRestore();
});

test('below an ignored path nothing is traced', async () => {
  const seen: unknown[] = [];
  await ask(
    ours(),
    (request, response) => {
      request.resume().on('end', () => {
        seen.push(core.isTracingSuppressed(api.context.active()));
        response.end();
      });
    },
    '/healthz?deep',
  );
  expect(seen).toEqual([true]);
  expect(ended).toEqual([]);
});

test('other events go by', async () => {
  const heard: unknown[] = [];
  const address = new URL(await serve(ours(), () => heard.push('request')));
  servers[0]?.on('upgrade', (request, socket) => {
    heard.push(request.url, api.trace.getActiveSpan());
    socket.end();
  });
  const socket = connect(Number(address.port), address.hostname);
  socket.write('GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n');
  await text(socket);
  expect(heard).toEqual(['/chat', undefined]);
});

test('there is room for what is recorded inside, also from within contexts below', async () => {
  const seen: unknown[] = [];
  await ask(
    ours(),
    (_request, response) => {
      const inner = api.context.active().setValue(Symbol('framework'), 1);
      const server = ServerContext.around(inner);
      seen.push(
        server === api.context.active(),
        server?.span === api.trace.getActiveSpan(),
        server?.rpc === core.getRPCMetadata(inner),
      );
      response.end();
    },
    '/',
  );
  expect(seen).toEqual([true, true, true]);
});

test('what goes wrong in tracing is told once, and requests go on', async () => {
  const lines: unknown[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(line) > 0);
  const handler: Handler = (_request, response) => response.end('fine');
  const extract = vi.spyOn(api.propagation, 'extract').mockImplementation(() => {
    throw new Error('planted');
  });
  try {
    const address = await serve(ours(), handler);
    for (let request = 0; request < 2; request++) expect(await (await fetch(address)).text()).toBe('fine');
  } finally {
    extract.mockRestore();
    vi.mocked(process.stderr.write).mockRestore();
  }
  expect(lines).toEqual(['onetrace: a request could not be traced as it should, and went on: planted (told once)\n']);
});

describe('http.server.request.duration', () => {
  interface Point {
    attributes: Attributes;
    value: { count: number; sum: number; buckets: { boundaries: number[] } };
  }
  interface Metric {
    descriptor: object;
    dataPoints: Point[];
  }
  const { MeterProvider, MetricReader } = ofSdk('@opentelemetry/sdk-metrics') as {
    MeterProvider: new (options: { readers: unknown[] }) => MeterProvider;
    MetricReader: new () => {
      collect(): Promise<{ resourceMetrics: { scopeMetrics: { scope: { name: string }; metrics: Metric[] }[] } }>;
    };
  };
  class Reader extends MetricReader {
    async onForceFlush(): Promise<void> {}
    async onShutdown(): Promise<void> {}
  }

  test('says what upstream says, sampled or not', async () => {
    const reader = new Reader();
    const provider = new MeterProvider({ readers: [reader] });
    api.metrics.setGlobalMeterProvider(provider);
    const handler: Handler = ({ url }, response) => {
      nameRoute('/icons/[icon]');
      if (url === '/late') {
        response.on('error', () => {});
        response.end();
        response.write('late');
      } else response.writeHead(url === '/bad' ? 500 : 200).end();
    };
    const began = performance.now();
    for (const emit of [upstreams(provider), ours()])
      for (const path of ['/', '/bad', '/late'])
        for (const headers of [SAMPLED, NOT_SAMPLED]) await ask(emit, handler, path, { headers });
    api.metrics.disable();
    const elapsedSeconds = (performance.now() - began) / 1000;

    const { scopeMetrics } = (await reader.collect()).resourceMetrics;
    const byScope = Object.fromEntries(
      scopeMetrics.map(({ scope, metrics }) => [
        scope.name,
        metrics.map(({ descriptor, dataPoints }) => [
          descriptor,
          dataPoints.map(({ attributes, value: { count, buckets } }) => [attributes, count, buckets.boundaries]),
        ]),
      ]),
    );
    const own = byScope['@onetrace/instrumentation/http'];
    expect(own).toEqual(byScope['@opentelemetry/instrumentation-http']);
    expect(own?.[0]?.[1]).toHaveLength(3);
    const sums = scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ dataPoints }) => dataPoints.map((p) => p.value.sum)),
    );
    expect(Math.min(...sums)).toBeGreaterThan(0);
    expect(sums.reduce((a, b) => a + b)).toBeLessThan(elapsedSeconds);
  });
});

test('servers of both protocols are traced, and say which it was', () => {
  const emits = [http.Server.prototype.emit, https.Server.prototype.emit] as const;
  traceServers(tracer, ignored);
  try {
    for (const server of [http.createServer(), https.createServer()]) {
      server.on('request', (_request, response) => response.destroy().emit('close'));
      const request = new http.IncomingMessage(new Socket());
      server.emit('request', request, new http.ServerResponse(request));
    }
  } finally {
    [http.Server.prototype.emit, https.Server.prototype.emit] = emits;
  }
  expect(ended.map(({ attributes }) => attributes['url.scheme'])).toEqual(['http', 'https']);
});
