import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Span } from '@opentelemetry/api';
import { api } from './api.ts';

/**
 * The HTTP instrumentation goes by the status code, which is 200 for a client that hung up and for a stream that broke in the middle.
 * Called by it before a span ends, also for outgoing requests.
 */
export function markIncomplete(span: Span, _request: unknown, response: IncomingMessage | ServerResponse): void {
  if (!(response instanceof ServerResponse) || response.writableFinished) return;
  span.setStatus({ code: api.SpanStatusCode.ERROR, message: 'the connection ended before the response did' });
  span.setAttribute('error.type', 'incomplete_response');
}
