import type { Span } from '../model/trace.ts';

/** nginx logs milliseconds. */
export const NGINX_RESOLUTION_MS = 1;

/** What nginx says about the way to its upstream, in ms; null: not said. */
export interface UpstreamTimes {
  upstream: string;
  /** Not spent on the upstream: reading the request, sending the response. */
  own: number | null;
  connect: number | null;
  /** From the connection to the end of the response's headers. */
  firstByte: number | null;
  /** From the headers to the end of the body. */
  transfer: number | null;
  /** All of the exchange with the upstream. */
  response: number | null;
}

/** null: not a span of nginx, or no upstream was asked. */
export function upstreamTimes(span: Span): UpstreamTimes | null {
  if (!askedUpstream(span)) return null;
  const connect = readMs(span, 'nginx.upstream_connect_time');
  const header = readMs(span, 'nginx.upstream_header_time');
  const response = readMs(span, 'nginx.upstream_response_time');
  return {
    upstream: String(span.attributes['nginx.upstream_addr']),
    own: difference(readMs(span, 'nginx.request_time'), response),
    connect,
    firstByte: difference(header, connect ?? 0),
    transfer: difference(response, header),
    response,
  };
}

/** nginx writes `-` or nothing where it answered by itself: a static file, a redirect, an error page. */
export function askedUpstream(span: Span): boolean {
  const address = span.attributes['nginx.upstream_addr'];
  return typeof address === 'string' && address !== '' && address !== '-';
}

/** Seconds; where several upstreams were tried, a list: `0.010, 0.020 : 0.003`, with `-` for those that never answered. */
function readMs(span: Span, name: string): number | null {
  const seconds = String(span.attributes[name] ?? '').match(/\d+(\.\d+)?/g);
  return seconds ? Math.round(seconds.reduce((sum, value) => sum + Number(value), 0) * 1000) : null;
}

function difference(whole: number | null, part: number | null): number | null {
  return whole === null || part === null ? null : Math.max(0, whole - part);
}
