import { createRequire } from 'node:module';

/** The copy of the API that the SDK and its instrumentations use; see sdk/start.ts for why it is required and not imported. */
const require = createRequire(import.meta.url);
const api = require('@opentelemetry/api') as typeof import('@opentelemetry/api');

export const {
  context,
  createContextKey,
  createTraceState,
  diag,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} = api;
