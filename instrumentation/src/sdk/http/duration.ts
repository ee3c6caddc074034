import type { Attributes, Histogram } from '@opentelemetry/api';
import { api } from '../api.ts';
import { errorType, type Incoming, knownMethod } from './attributes.ts';
import type { ServerContext } from './server-context.ts';

const NAME = 'http.server.request.duration';

/** The semantic conventions advise these, in s. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Where `http.server.request.duration` goes; `undefined` when the process records no metrics. */
export function requestDurations(scope: string): Histogram | undefined {
  const histogram = api.metrics.getMeter(scope).createHistogram(NAME, {
    description: 'Duration of HTTP server requests.',
    unit: 's',
    valueType: api.ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: BUCKETS },
  });
  return histogram === api.createNoopMeter().createHistogram(NAME) ? undefined : histogram;
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration; `failure` is an `error.type`. */
export function durationAttributes(
  request: Incoming,
  scheme: string,
  context: ServerContext,
  answer: { status: number } | { failure: string },
): Attributes {
  const attributes: Attributes = { 'http.request.method': knownMethod(request.method), 'url.scheme': scheme };
  if (request.httpVersion) attributes['network.protocol.version'] = request.httpVersion;
  if ('failure' in answer) return { ...attributes, 'error.type': answer.failure };
  if (context.rpc.route !== undefined) attributes['http.route'] = context.rpc.route;
  attributes['http.response.status_code'] = answer.status;
  const type = errorType(answer.status);
  if (type !== undefined) attributes['error.type'] = type;
  return attributes;
}
