import type { ServerResponse } from 'node:http';
import type { Span } from '@opentelemetry/api';
import { api } from './api.ts';

/** By the status code, which is 200 as well, nobody can tell a client that hung up or a stream that broke in the middle. */
export function markIncomplete(span: Span, response: ServerResponse): void {
  if (response.writableFinished) return;
  span.setStatus({ code: api.SpanStatusCode.ERROR, message: 'the connection ended before the response did' });
  span.setAttribute('error.type', 'incomplete_response');
}
