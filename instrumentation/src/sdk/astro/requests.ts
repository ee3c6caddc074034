import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Span } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { api, core } from '../api.ts';
import { withRequest } from './current-request.ts';
import { Islands } from './islands.ts';
import type { Limits } from './limits.ts';
import type { Root } from './recorder.ts';
import { RequestTrace } from './request-trace.ts';
import { startServerSpan } from './server-span.ts';

/**
 * Requests that are being recorded, by their server span: whoever made it, a request is over when that span ends. Also a processor of
 * spans, to hear of it.
 */
export class Requests implements SpanProcessor {
  limits: Limits;
  readonly islands = new Islands();
  readonly #processors: readonly SpanProcessor[];
  readonly #ignored: (request: { url: string }) => boolean;
  readonly #byRoot = new WeakMap<object, RequestTrace>();

  constructor(
    limits: Limits,
    processors: readonly SpanProcessor[],
    ignored: (request: { url: string }) => boolean = () => false,
  ) {
    this.limits = limits;
    this.#processors = processors;
    this.#ignored = ignored;
  }

  incoming<T>(request: IncomingMessage, response: ServerResponse, run: () => T): T {
    const made = this.#serverSpan(() => ({
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      headers: request.headers,
      status: () => response.statusCode,
      response,
    }));
    if (made === undefined) return this.#record(api.context.active(), request.url, run);
    response.once('close', made.end);
    return this.#record(made.context, request.url, run);
  }

  async handled(request: Request, run: () => Promise<Response>): Promise<Response> {
    let response: Response | undefined;
    const made = this.#serverSpan(() => {
      const { pathname, search } = new URL(request.url);
      return {
        method: request.method,
        url: `${pathname}${search}`,
        headers: Object.fromEntries(request.headers),
        status: () => response?.status ?? 500,
      };
    });
    if (made === undefined) return this.#record(api.context.active(), request.url, run);
    try {
      response = await this.#record(made.context, request.url, run);
      return response;
    } finally {
      // The page goes on while its stream is read; nothing here sees the last byte.
      const trace = this.#byRoot.get(made.span);
      if (trace === undefined) made.end();
      // Not at once: a page that failed ends before the component that failed in it, and both have to say so.
      else trace.whenPagesEnd(() => queueMicrotask(made.end));
    }
  }

  onStart(): void {}

  onEnd(span: object): void {
    const trace = this.#byRoot.get(span);
    if (trace === undefined) return;
    trace.finish();
    // The root waits for its export, and must not keep all that the request has made until then.
    this.#byRoot.delete(span);
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}

  /** A server span of our own, unless there is one, or the path is one of those that get none. */
  #serverSpan(describe: () => Parameters<typeof startServerSpan>[0]) {
    const active = api.context.active();
    if (api.trace.getSpan(active) !== undefined || core.isTracingSuppressed(active)) return undefined;
    const request = describe();
    if (this.#ignored(request)) return undefined;
    this.islands.join(request);
    return startServerSpan(request);
  }

  /** Anyone's span may be the root: that of Node's HTTP instrumentation, of another server, or our own. */
  #record<T>(at: Context, url: string | undefined, run: () => T): T {
    const root = serverSpan(at);
    if (root === undefined || this.#byRoot.has(root))
      return at === api.context.active() ? run() : api.context.with(at, run);
    const trace = new RequestTrace(root, this.limits, (span) => this.#export(span));
    this.#byRoot.set(root, trace);
    this.islands.link(root, url);
    return api.context.with(withRequest(at, trace), run);
  }

  #export(span: ReadableSpan): void {
    for (const processor of this.#processors) if (processor !== this) processor.onEnd(span as never);
  }
}

/** The span whose end is the request's. An unsampled one records nothing, and nothing below it is recorded. */
function serverSpan(at: Context): Root | undefined {
  const rpc = core.getRPCMetadata(at);
  const span: Span | undefined = rpc?.type === core.RPCType.HTTP ? rpc.span : api.trace.getSpan(at);
  return span?.isRecording() && 'resource' in span ? (span as Root) : undefined;
}
