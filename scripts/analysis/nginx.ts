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
  /** All of the exchange with the upstream, with the attempts that failed. */
  response: number | null;
}

/** null: not a span of nginx, or no upstream was asked. */
export function upstreamTimes(span: Span): UpstreamTimes | null {
  if (!askedUpstream(span)) return null;
  const attempts = readMs(span, 'nginx.upstream_response_time');
  const response = attempts.length === 0 ? null : attempts.reduce((sum, ms) => sum + ms, 0);
  const connect = last(span, 'nginx.upstream_connect_time');
  const header = last(span, 'nginx.upstream_header_time');
  return {
    upstream: String(span.attributes['nginx.upstream_addr']),
    own: difference(last(span, 'nginx.request_time'), response),
    connect,
    firstByte: difference(header, connect ?? 0),
    transfer: difference(attempts.at(-1) ?? null, header),
    response,
  };
}

/** nginx writes `-` or nothing where it answered by itself: a static file, a redirect, an error page. */
export function askedUpstream(span: Span): boolean {
  const address = span.attributes['nginx.upstream_addr'];
  return typeof address === 'string' && address !== '' && address !== '-';
}

/** The last of the attempts reached an upstream that answered: only then nginx has the time of its headers. */
export function upstreamAnswered(span: Span): boolean {
  const times = String(span.attributes['nginx.upstream_header_time'] ?? '');
  return askedUpstream(span) && /\d$/.test(times.trim());
}

/** The upstream that answered is the last of those that were tried. */
function last(span: Span, name: string): number | null {
  return readMs(span, name).at(-1) ?? null;
}

/** Seconds; where several upstreams were tried, a list: `0.010, 0.020 : 0.003`, with `-` for those that never answered. */
function readMs(span: Span, name: string): number[] {
  const seconds = String(span.attributes[name] ?? '').match(/\d+(\.\d+)?/g) ?? [];
  return seconds.map((value) => Math.round(Number(value) * 1000));
}

function difference(whole: number | null, part: number | null): number | null {
  return whole === null || part === null ? null : Math.max(0, whole - part);
}
