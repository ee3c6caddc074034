import type { ServerResponse } from 'node:http';
import type { Span, Tracer } from '@opentelemetry/api';
import { Overlay } from '../../spans/contexts.ts';
import { api } from '../api.ts';
import { markIncomplete } from '../incomplete.ts';
import { errorType, type Incoming, requestAttributes } from './attributes.ts';
import { guarded } from './mishaps.ts';
import { ServerContext } from './server-context.ts';

/** Without anything in it. One of the API's own would copy its table for the parent that a request names. */
const NOTHING = new Overlay(api.ROOT_CONTEXT, Symbol('onetrace nothing'), undefined);

/**
 * The span of a request that has come in, active in the context that is returned. What the span says is put together only if anybody
 * records it: none of the samplers that OTEL_TRACES_SAMPLER names looks at more than the parent and the trace id.
 */
export function startServerSpan(tracer: Tracer, request: Incoming, scheme: string): ServerContext {
  const parent = api.propagation.extract(NOTHING, request.headers);
  const peer = request.socket?.remoteAddress;
  const span = tracer.startSpan(
    request.method || 'GET',
    // The profiler wants to know whom it is about to obey, when the span starts.
    { kind: api.SpanKind.SERVER, attributes: peer === undefined ? {} : { 'network.peer.address': peer } },
    parent,
  );
  if (span.isRecording()) guarded(() => span.setAttributes(requestAttributes(request, scheme)));
  return new ServerContext(parent, span);
}

/** Says how the request was answered, and by which route. `response` is Node's, where there is one. */
export function endServerSpan(context: ServerContext, method: string, status: number, response?: ServerResponse): void {
  const { span, rpc } = context;
  if (span.isRecording())
    guarded(() => {
      span.setAttribute('http.response.status_code', status);
      if (rpc.route !== undefined) span.setAttribute('http.route', rpc.route);
      if (rpc.route) span.updateName(`${method} ${rpc.route}`);
      setStatus(span, status);
      if (response !== undefined) markIncomplete(span, response);
    });
  span.end();
}

function setStatus(span: Span, status: number): void {
  if (status >= 100 && status < 500) return;
  span.setStatus({ code: api.SpanStatusCode.ERROR });
  const type = errorType(status);
  if (type !== undefined) span.setAttribute('error.type', type);
}
