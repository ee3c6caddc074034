import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Context } from '@opentelemetry/api';
import { contexts } from '../../spans/context-manager.ts';
import { core } from '../api.ts';
import { requestDurations } from './duration.ts';
import { Exchange } from './exchange.ts';
import { guarded } from './mishaps.ts';
import { startServerSpan } from './server-span.ts';
import type { ServerTracer } from './server-tracer.ts';

export const SCOPE = '@onetrace/instrumentation/http';

type Emit = typeof http.Server.prototype.emit;

const SEEN = Symbol('onetrace seen');
type Marked = IncomingMessage & { [SEEN]?: true };

/**
 * A span for every request to a server of `node:http` or `node:https`. It says what upstream's instrumentation says, which makes all of it
 * up before it knows whether anybody records: an unsampled request costs it as much as a sampled one.
 *
 * @param ignored tells the requests below which nothing is traced
 */
export function traceServers(tracer: ServerTracer, ignored: (request: IncomingMessage) => boolean): void {
  for (const [server, scheme] of [
    [http.Server.prototype, 'http'],
    [https.Server.prototype, 'https'],
  ] as const)
    server.emit = tracingRequests(server.emit, scheme, tracer, ignored);
}

/** `emit` of a server, with a span around those who hear `request`. */
export function tracingRequests(
  emit: Emit,
  scheme: string,
  tracer: ServerTracer,
  ignored: (request: IncomingMessage) => boolean,
): Emit {
  const durations = requestDurations(SCOPE);

  return function (this: http.Server, event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'request') return Reflect.apply(emit, this, [event, ...args]);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    const opened = guarded(() => open(request, response));
    if (opened === undefined) return Reflect.apply(emit, this, [event, ...args]);
    try {
      return contexts.with(opened.context, emit as (...args: unknown[]) => boolean, this, event, ...args);
    } catch (error) {
      guarded(() => opened.exchange?.fail(error));
      throw error;
    }
  } as Emit;

  /** `undefined` for a request that one server hands on to another: it has all that already. */
  function open(request: Marked, response: ServerResponse): { context: Context; exchange?: Exchange } | undefined {
    if (request[SEEN]) return undefined;
    request[SEEN] = true;
    if (guarded(() => ignored(request))) {
      const context = core.suppressTracing(contexts.active());
      bind(context, request, response);
      return { context };
    }
    const context = startServerSpan(tracer, request, scheme);
    bind(context, request, response);
    if (durations === undefined && !context.span.isRecording()) return { context };
    return { context, exchange: new Exchange(context, request, response, scheme, durations) };
  }
}

/** Node calls their listeners out of the connection's context. */
function bind(context: Context, request: IncomingMessage, response: ServerResponse): void {
  contexts.bind(context, request);
  contexts.bind(context, response);
}
