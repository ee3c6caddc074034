import type { IncomingHttpHeaders } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { setAddresses } from './addresses.ts';
import { setTarget } from './target.ts';

/** Of Node's requests all of it; of others what they know. */
export interface Incoming {
  readonly method?: string | undefined;
  /** The request target: path and query, as a rule. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion?: string | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined };
}

/** Others are `_OTHER`: a method is part of a metric's name, and anybody may send any. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);

/** What a server span says about its request, after https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span. */
export function requestAttributes(request: Incoming, scheme: string): Attributes {
  const { headers, httpVersion, method, socket } = request;
  const peer = socket?.remoteAddress;
  const known = knownMethod(method);
  const attributes: Attributes = { 'http.request.method': known, 'url.scheme': scheme };
  if (method && method !== known) attributes['http.request.method_original'] = method;
  setTarget(attributes, request.url ?? '/');
  setAddresses(attributes, headers, scheme, peer);
  if (peer !== undefined) attributes['network.peer.address'] = peer;
  if (socket?.remotePort !== undefined) attributes['network.peer.port'] = socket.remotePort;
  if (httpVersion !== undefined) attributes['network.protocol.version'] = httpVersion;
  if (headers['user-agent'] !== undefined) attributes['user_agent.original'] = headers['user-agent'];
  return attributes;
}

export function knownMethod(method: string | undefined): string {
  if (!method) return 'GET';
  if (METHODS.has(method)) return method;
  const upper = method.toUpperCase();
  return METHODS.has(upper) ? upper : '_OTHER';
}

/** `error.type` of an answer, if it is a server's fault. */
export function errorType(status: number): string | undefined {
  return status >= 500 && status < 600 ? String(status) : undefined;
}
