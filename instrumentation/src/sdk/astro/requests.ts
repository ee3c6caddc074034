import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Span } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { contexts } from '../../spans/context-manager.ts';
import { spanIn } from '../../spans/contexts.ts';
import { core } from '../api.ts';
import type { Incoming } from '../http/attributes.ts';
import { guarded } from '../http/mishaps.ts';
import type { ServerContext } from '../http/server-context.ts';
import { endServerSpan, startServerSpan } from '../http/server-span.ts';
import type { ServerTracer } from '../http/server-tracer.ts';
import { withRequest } from './current-request.ts';
import { Islands } from './islands.ts';
import type { Limits } from './limits.ts';
import type { Root } from './recorder.ts';
import { RequestTrace } from './request-trace.ts';

export const SCOPE = '@onetrace/instrumentation/astro';

/** On a server span: what records its request. A field of its own is cheaper than a WeakMap, for the garbage collector as well. */
const TRACE = Symbol('onetrace request');
type Traced = { [TRACE]?: RequestTrace | undefined };

/**
 * Requests that are being recorded, by their server span: whoever made it, a request is over when that span ends. Also a processor of
 * spans, to hear of it.
 */
export class Requests implements SpanProcessor {
  limits: Limits;
  readonly islands = new Islands();
  readonly #tracer: ServerTracer;
  readonly #processors: readonly SpanProcessor[];
  readonly #ignored: (request: Pick<Incoming, 'url'>) => boolean;

  constructor(
    limits: Limits,
    tracer: ServerTracer,
    processors: readonly SpanProcessor[],
    ignored: (request: Pick<Incoming, 'url'>) => boolean,
  ) {
    this.limits = limits;
    this.#tracer = tracer;
    this.#processors = processors;
    this.#ignored = ignored;
  }

  incoming<T>(request: IncomingMessage, response: ServerResponse, run: () => T): T {
    const made = this.#serverSpan(() => [request, isEncrypted(request) ? 'https' : 'http']);
    if (made === undefined) return this.#record(contexts.active(), request, run);
    response.once('close', () => endServerSpan(made, request.method ?? 'GET', response.statusCode, response));
    return this.#record(made, request, run);
  }

  /** Mostly the one that came in a moment ago: of a `Request`, reading the address alone costs a microsecond. */
  handled(request: Request, run: () => Promise<Response>): Promise<Response> {
    const made = this.#serverSpan(() => [incomingOf(request), request.url.startsWith('https:') ? 'https' : 'http']);
    return made === undefined ? this.#record(contexts.active(), request, run) : this.#answered(made, request, run);
  }

  onStart(): void {}

  onEnd(span: object): void {
    const root = span as Traced;
    if (root[TRACE] === undefined) return;
    root[TRACE].finish();
    // It waits for its export, and must not keep all that the request has made until then.
    root[TRACE] = undefined;
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}

  async #answered(made: ServerContext, request: Request, run: () => Promise<Response>): Promise<Response> {
    let status = 500;
    try {
      const response = await this.#record(made, request, run);
      status = response.status;
      return response;
    } finally {
      const end = () => endServerSpan(made, request.method, status);
      // The page goes on while its stream is read; nothing here sees the last byte.
      const trace = (made.span as Traced)[TRACE];
      if (trace === undefined) end();
      // Not at once: a page that failed ends before the component that failed in it, and both have to say so.
      else trace.whenPagesEnd(() => queueMicrotask(end));
    }
  }

  /** A server span of our own, unless there is one, or the path is one of those that get none. */
  #serverSpan(describe: () => [request: Incoming, scheme: string]): ServerContext | undefined {
    const active = contexts.active();
    if (spanIn(active) !== undefined || core.isTracingSuppressed(active)) return undefined;
    const [request, scheme] = describe();
    if (this.#ignored(request)) return undefined;
    this.islands.join(request);
    return guarded(() => startServerSpan(this.#tracer, request, scheme));
  }

  /** Anyone's span may be the root: that of a server of Node's, of another server, or our own. */
  #record<T>(at: Context, request: Pick<Incoming, 'url'>, run: () => T): T {
    const root: (Root & Traced) | undefined = serverSpan(at);
    if (root === undefined || root[TRACE] !== undefined) return contexts.with(at, run);
    const trace = new RequestTrace(root, this.limits, (span) => this.#export(span));
    root[TRACE] = trace;
    this.islands.link(root, request.url);
    return contexts.with(withRequest(at, trace), run);
  }

  #export(span: ReadableSpan): void {
    for (const processor of this.#processors) if (processor !== this) processor.onEnd(span as never);
  }
}

/** The span whose end is the request's. An unsampled one records nothing, and nothing below it is recorded. */
function serverSpan(at: Context): Root | undefined {
  const rpc = core.getRPCMetadata(at);
  const span: Span | undefined = rpc?.type === core.RPCType.HTTP ? rpc.span : spanIn(at);
  return span?.isRecording() && 'resource' in span ? (span as Root) : undefined;
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return (socket as { encrypted?: boolean } | undefined)?.encrypted === true;
}

function incomingOf({ method, url, headers }: Request): Incoming {
  const { pathname, search } = new URL(url);
  return { method, url: `${pathname}${search}`, headers: Object.fromEntries(headers) };
}
