import type { Span } from '../model/trace.ts';
import { toldNumber } from './semantics.ts';

/** What failed, in a few words; null: nothing. */
export function errorOf(span: Span): string | null {
  const status = toldNumber(span, 'status') ?? 0;
  // A client counts every 4xx as its error; a server only its own failures.
  if (span.status.code !== 'error' && !(status >= 500)) return null;
  const exception = span.events.find((event) => event.name === 'exception');
  const message = exception?.attributes['exception.message'] || span.status.message || span.attributes['error.type'];
  if (typeof message === 'string' && message !== '' && !/^\d+$/.test(message)) return message;
  return status >= 400 ? `answered ${status}` : 'marked as an error';
}
