import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import pWaitFor from 'p-wait-for';

interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}

export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  status: { code?: number; message?: string };
  links: { traceId: string; spanId: string }[];
  events: { name: string }[];
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
}

/** A Collector that keeps what it gets: OTLP over HTTP, as JSON. */
export class Receiver {
  readonly spans: ReceivedSpan[] = [];
  #server: Server;
  #port = 0;

  constructor() {
    this.#server = createServer(async (request, response) => {
      this.#keep((await json(request)) as { resourceSpans: OtlpResourceSpans[] });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** What a process needs to export here. */
  get env(): Record<string, string> {
    return { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#port}` };
  }

  /** The trace of the latest request for this path as a nested list, one line a span, in the order in which they began. */
  tree(path: string): string[] {
    const root = this.#roots(path).at(-1);
    if (root === undefined) return [];
    const trace = this.spans
      .filter((span) => span.traceId === root.traceId)
      .sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
    const below = (span: ReceivedSpan, depth: number): string[] => [
      `${'  '.repeat(depth)}${span.name}${span.status.code === 2 ? ` ! ${span.status.message ?? ''}` : ''}`,
      ...trace.filter((child) => child.parentSpanId === span.spanId).flatMap((child) => below(child, depth + 1)),
    ];
    return below(root, 0);
  }

  #roots(path: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.attributes['url.path'] === path);
  }

  find(path: string): ReceivedSpan | undefined {
    return this.#roots(path)[0];
  }

  async waitFor(path: string): Promise<ReceivedSpan> {
    await pWaitFor(() => this.find(path) !== undefined, {
      interval: 20,
      timeout: {
        milliseconds: 10_000,
        fallback: () => {
          throw new Error(`no span for ${path}; arrived: ${JSON.stringify(this.spans.map((s) => s.attributes))}`);
        },
      },
    });
    return this.find(path) as ReceivedSpan;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #keep({ resourceSpans }: { resourceSpans: OtlpResourceSpans[] }): void {
    for (const { resource, scopeSpans } of resourceSpans)
      for (const span of scopeSpans.flatMap((scope) => scope.spans))
        this.spans.push({ ...span, attributes: plain(span.attributes), resource: plain(resource.attributes) });
  }
}

interface OtlpResourceSpans {
  resource: { attributes: KeyValue[] };
  scopeSpans: { spans: (Omit<ReceivedSpan, 'attributes' | 'resource'> & { attributes: KeyValue[] })[] }[];
}

function plain(attributes: KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** A Collector that speaks gRPC, so far that it says thank you: keeps the messages as bytes, in which names stand as they are. */
export async function grpcReceiver(at = 0): Promise<{ server: Http2Server; endpoint: string; bytes: () => string }> {
  const chunks: Buffer[] = [];
  const server = createHttp2Server();
  server.on('stream', (stream) => {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      // An empty message: not compressed, length 0.
      stream.end(Buffer.alloc(5));
    });
  });
  server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, endpoint: `http://127.0.0.1:${port}`, bytes: () => Buffer.concat(chunks).toString('latin1') };
}
