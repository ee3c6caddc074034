import { type CurlPhase, curlPhases, readCurlTimes } from '../analysis/curl.ts';
import type { CurlTimes, RequestFacts } from '../model/request.ts';
import type { Attributes, Span } from '../model/trace.ts';
import type { Report } from './schema.ts';

/** The request as its sender knows it, or else as the trace's root tells of it. */
export function describeRequest(facts: RequestFacts | null, root: Span | null): Report['request'] {
  const known = facts ?? (root && factsFrom(root));
  if (!known) return null;
  const { times, ...rest } = known;
  return { ...rest, timings: times && timings(times) };
}

function factsFrom(root: Span): RequestFacts | null {
  const { attributes } = root;
  const url = text(attributes, 'url.full') ?? text(attributes, 'url.path');
  const method = text(attributes, 'http.request.method');
  if (url === null || method === null) return null;
  return {
    url,
    method,
    status: count(attributes, 'http.response.status_code'),
    bytes: count(attributes, 'http.response.body.size'),
    redirects: count(attributes, 'http.request.resend_count') ?? 0,
    redirectUrl: null,
    times: readCurlTimes(root),
  };
}

function timings(times: CurlTimes): NonNullable<Report['request']>['timings'] {
  const phases = curlPhases(times);
  const sum = (...steps: CurlPhase['step'][]) => {
    const ms = phases
      .filter(({ step }) => steps.includes(step))
      .reduce((total, { start, end }) => total + end - start, 0);
    return Math.round(ms * 1000) / 1000;
  };
  return {
    dns: sum('dns'),
    connect: sum('connect'),
    tls: sum('tls'),
    ttfb: sum('prepare', 'wait'),
    transfer: sum('transfer'),
    total: times.total,
  };
}

function text(attributes: Attributes, name: string): string | null {
  const value = attributes[name];
  return typeof value === 'string' ? value : null;
}

function count(attributes: Attributes, name: string): number | null {
  const value = Number(attributes[name] ?? Number.NaN);
  return Number.isInteger(value) ? value : null;
}
