import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { api, core } from '../api.ts';
import { markIncomplete } from '../incomplete.ts';

interface ServerRequest {
  method: string;
  /** path and query */
  url: string;
  headers: IncomingHttpHeaders;
  status(): number;
  /** Of Node, where there is one. */
  response?: ServerResponse;
}

/** The server span where Node's HTTP instrumentation does not see the request: with Bun, or when it is switched off. */
export function startServerSpan(request: ServerRequest): { span: Span; context: Context; end: () => void } {
  const parent = api.propagation.extract(api.ROOT_CONTEXT, request.headers);
  const tracer = api.trace.getTracer('@onetrace/instrumentation/astro');
  const options = { kind: api.SpanKind.SERVER, attributes: requestAttributes(request) };
  const span = tracer.startSpan(request.method, options, parent);
  const rpc = { type: core.RPCType.HTTP, span, route: undefined as string | undefined };
  const end = () => {
    if (rpc.route !== undefined)
      span.updateName(`${request.method} ${rpc.route}`).setAttribute('http.route', rpc.route);
    const status = request.status();
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR }).setAttribute('error.type', String(status));
    if (request.response !== undefined) markIncomplete(span, undefined, request.response);
    span.end();
  };
  return { span, context: core.setRPCMetadata(api.trace.setSpan(parent, span), rpc as never), end };
}

function requestAttributes({ method, url, headers }: ServerRequest): Attributes {
  const [path = '/', query] = url.split('?', 2);
  const attributes: Attributes = { 'http.request.method': method, 'url.path': path, 'url.scheme': 'http' };
  if (query) attributes['url.query'] = query;
  if (headers.host) attributes['server.address'] = headers.host.replace(/:\d+$/, '');
  if (headers['user-agent']) attributes['user_agent.original'] = headers['user-agent'];
  return attributes;
}
