import type { ServerResponse } from 'node:http';
import type { Span } from '@opentelemetry/api';
import { Overlay } from '../../spans/contexts.ts';
import { api } from '../api.ts';
import { markIncomplete } from '../incomplete.ts';
import { errorType, type Incoming } from './attributes.ts';
import { mishap } from './mishaps.ts';
import { ServerContext } from './server-context.ts';
import type { ServerTracer } from './server-tracer.ts';

/** Without anything in it. One of the API's own would copy its table for the parent that a request names. */
const NOTHING = new Overlay(api.ROOT_CONTEXT, Symbol('onetrace nothing'), undefined);

/** The span of a request that has come in, active in the context that is returned. */
export function startServerSpan(tracer: ServerTracer, request: Incoming, scheme: string): ServerContext {
  const parent = api.propagation.extract(NOTHING, request.headers);
  return new ServerContext(parent, tracer.startSpan(request, scheme, parent));
}

/** Says how the request was answered, and by which route. `response` is Node's, where there is one. */
export function endServerSpan(context: ServerContext, method: string, status: number, response?: ServerResponse): void {
  if (context.span.isRecording())
    try {
      describe(context, method, status);
      if (response !== undefined) markIncomplete(context.span, response);
    } catch (error) {
      mishap(error);
    }
  context.span.end();
}

function describe({ span, rpc: { route } }: ServerContext, method: string, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (route !== undefined) span.setAttribute('http.route', route);
  if (route) span.updateName(`${method} ${route}`);
  setStatus(span, status);
}

function setStatus(span: Span, status: number): void {
  if (status >= 100 && status < 500) return;
  span.setStatus({ code: api.SpanStatusCode.ERROR });
  const type = errorType(status);
  if (type !== undefined) span.setAttribute('error.type', type);
}
