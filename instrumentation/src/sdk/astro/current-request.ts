import type { Context } from '@opentelemetry/api';
import { api } from '../api.ts';
import { Overlay, REQUEST_KEY } from './layer.ts';
import type { RequestTrace } from './request-trace.ts';

/** The request that is being recorded, if any: one look at the async context. */
export function currentRequest(): RequestTrace | undefined {
  const request = api.context.active().getValue(REQUEST_KEY) as RequestTrace | undefined;
  return request === undefined || request.closed ? undefined : request;
}

export function withRequest(parent: Context, request: RequestTrace): Context {
  return new Overlay(parent, REQUEST_KEY, request);
}
