import type { Context } from '@opentelemetry/api';
import { contexts } from '../../spans/context-manager.ts';
import { Overlay } from '../../spans/contexts.ts';
import { REQUEST_KEY } from '../context-keys.ts';
import { ServerContext } from '../http/server-context.ts';
import type { RequestTrace } from './request-trace.ts';

/** The request that is being recorded, if any: one look at the async context. */
export function currentRequest(): RequestTrace | undefined {
  const request = contexts.active().getValue(REQUEST_KEY) as RequestTrace | undefined;
  return request === undefined || request.closed ? undefined : request;
}

/** A server span of ours has room for the request in its context; below one of somebody else's a context of its own is entered. */
export function withRequest(at: Context, request: RequestTrace): Context {
  const server = ServerContext.around(at);
  if (server?.span !== request.root) return new Overlay(at, REQUEST_KEY, request);
  server.recording = request;
  return at;
}
