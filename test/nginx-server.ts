import { once } from 'node:events';
import { chmod, cp, mkdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { freePort, type Running, run, scratch, start } from './processes.ts';
import { findNginx } from './programs.ts';

export const nginx = await findNginx();
export const templates = join(import.meta.dirname, '..', 'nginx');

export interface Site extends AsyncDisposable {
  readonly port: number;
  readonly directory: string;
  readonly spanFile: string;
  readonly process: Running;
  /** Sends these bytes and returns all that came back. The span is written before nginx closes the connection. */
  readonly send: (bytes: string | Buffer) => Promise<string>;
  /** `GET path` with these header lines. */
  readonly get: (path: string, ...headers: string[]) => Promise<string>;
  readonly spans: () => Promise<Span[]>;
}

/** One line of the span file, its attributes as an object. */
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code: number };
  attributes: Record<string, string>;
  resource: Record<string, string>;
}

export interface App extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  readonly requests: IncomingMessage[];
}

/** An app that remembers what reached it. */
export async function app(
  answer: RequestListener = (_request, response) => {
    response.end('ok');
  },
): Promise<App> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, server, requests, [Symbol.asyncDispose]: async () => close() };
}

/**
 * The configuration as it is in the repository, copied to a directory of its own and started.
 * @param as account id, to start nginx the way the official image does when it is not root
 */
export async function site(upstreams: readonly number[], env: NodeJS.ProcessEnv = {}, as?: number): Promise<Site> {
  const { path, [Symbol.asyncDispose]: remove } = await scratch();
  const directory = join(path, 'a site');
  const spanFile = env.ONETRACE_SPAN_FILE ?? join(directory, 'log', 'spans.jsonl');
  for (const name of ['conf', 'log', 'temp']) await mkdir(join(directory, name), { recursive: true });
  await cp(templates, join(directory, 'templates'), { recursive: true });
  // The key is in there, and the workers' account must still get to its files; to nginx as well, wherever that was found.
  await chmod(path, 0o755);
  const program = join(path, 'nginx');
  await cp(nginx, program);
  if (as !== undefined) await run('chown', ['-R', String(as), path]);

  const port = await freePort();
  const conf = join(directory, 'conf');
  const options = {
    env: { PATH: process.env.PATH, ...values(directory, port, upstreams), ...env },
    cwd: '/',
    ...owner(as),
  };
  const rendered = await run(join(directory, 'templates', 'render-values.sh'), [conf], options);
  if (rendered.code !== 0) throw new Error(rendered.output);
  const args = ['-p', conf, '-c', join(conf, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'];
  const health = async () => {
    if (!(await send(port, request('/nginx-health'))).includes('204')) throw new Error('no 204 from /nginx-health');
  };
  const process_ = await start(program, args, options, health);
  return {
    port,
    directory,
    spanFile,
    process: process_,
    send: (bytes) => send(port, bytes),
    get: (path, ...headers) => send(port, request(path, ...headers)),
    spans: async () => (await lines(spanFile)).map(parseSpan),
    [Symbol.asyncDispose]: async () => {
      await process_.stop();
      await remove();
    },
  };
}

export function request(path: string, ...headers: string[]): string {
  const named = headers.some((header) => /^host:/i.test(header)) ? headers : ['Host: shop.example', ...headers];
  return `GET ${path} HTTP/1.1\r\n${[...named, 'Connection: close'].join('\r\n')}\r\n\r\n`;
}

/** Strict: not UTF-8, not JSON, or not what the Collector's receiver takes, and it throws. */
function parseSpan(line: Buffer): Span {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
  const { resourceSpans } = JSON.parse(text);
  const [{ scopeSpans, resource }] = resourceSpans;
  const [{ spans }] = scopeSpans;
  const [span] = spans;
  const expected = {
    traceId: /^(?!0{32})[0-9a-f]{32}$/,
    spanId: /^(?!0{16})[0-9a-f]{16}$/,
    parentSpanId: /^(?:(?!0{16})[0-9a-f]{16})?$/,
    startTimeUnixNano: /^\d{19}$/,
    endTimeUnixNano: /^\d{19}$/,
  };
  for (const [field, pattern] of Object.entries(expected)) {
    if (!pattern.test(span[field]))
      throw new Error(`expected ${field} to match ${pattern}, got ${span[field]} in ${text}`);
  }
  return { ...span, attributes: flat(span.attributes), resource: flat(resource.attributes) };
}

function values(directory: string, port: number, upstreams: readonly number[]): NodeJS.ProcessEnv {
  return {
    ONETRACE_NGINX_PORT: String(port),
    ONETRACE_UPSTREAMS: upstreams.map((upstream) => `127.0.0.1:${upstream}`).join(', '),
    ONETRACE_SPAN_FILE: join(directory, 'log', 'spans.jsonl'),
    ONETRACE_NGINX_PID_FILE: join(directory, 'nginx.pid'),
    ONETRACE_NGINX_TEMP_DIR: join(directory, 'temp'),
  };
}

const owner = (as: number | undefined) => (as === undefined ? {} : { uid: as, gid: as });

async function send(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

async function lines(file: string): Promise<Buffer[]> {
  const content = await readFile(file).catch(() => Buffer.alloc(0));
  return content
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => Buffer.from(line, 'latin1'));
}

function flat(
  attributes: { key: string; value: { stringValue?: string; intValue?: string } }[],
): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      if (value.intValue !== undefined && !/^\d+$/.test(value.intValue))
        throw new Error(`${key}: ${value.intValue} is no integer`);
      return [key, value.stringValue ?? value.intValue ?? ''];
    }),
  );
}
