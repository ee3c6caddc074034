import { subscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { contexts } from '../../spans/context-manager.ts';
import { spanIn } from '../../spans/contexts.ts';
import { type IslandOrigin, islandOrigin, islandToken } from './island-token.ts';

/** A browser fetches an island as soon as it has the page; who comes later has it from a cache or from history. */
const FRESH_S = 30;
/** Without a bound, a cached page could fill the memory. */
const MAX_REMEMBERED = 10_000;

/**
 * Joins the request for a server island to the trace of the page that it is in. An address is good for that once, and not for long: a page
 * that comes from a cache is many visitors', and their requests shall not all be in the trace of the one for whom it was rendered. Those,
 * and requests that a proxy has put into a trace already, are linked to the page instead.
 */
export class Islands {
  /** What the build has given to all instances of the site; without it nothing is joined. */
  key: string | undefined;
  /** Joined within the last seconds, oldest first: token, and s since the epoch. */
  readonly #joined = new Map<string, number>();

  /** For the address of an island in the page that is being rendered. */
  token(): string | undefined {
    const span = spanIn(contexts.active());
    return span === undefined || this.key === undefined
      ? undefined
      : islandToken(span.spanContext(), this.key, Date.now());
  }

  /** Before anybody looks for the request's parent. Bun does not tell. */
  watch(): void {
    subscribe('http.server.request.start', (message) => this.join((message as { request: IncomingMessage }).request));
  }

  /** The request then has the headers that the page would have sent. */
  join(request: { url?: string | undefined; headers: IncomingHttpHeaders }): void {
    if ('traceparent' in request.headers) return;
    const origin = this.#origin(request.url);
    if (origin === undefined || !this.#firstTime(origin)) return;
    const { traceId, spanId, traceFlags, traceState } = origin.page;
    request.headers.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
    if (traceState !== undefined) request.headers.tracestate = traceState.serialize();
  }

  /** Says of a request that was not joined where it comes from. */
  link(root: Span & Partial<Pick<ReadableSpan, 'parentSpanContext'>>, url: string | undefined): void {
    const page = this.#origin(url)?.page;
    if (page === undefined || root.parentSpanContext?.spanId === page.spanId) return;
    root.addLink({ context: page, attributes: { 'onetrace.link': 'page' } });
  }

  #origin(url: string | undefined): IslandOrigin | undefined {
    return url === undefined || this.key === undefined ? undefined : islandOrigin(url, this.key);
  }

  #firstTime({ token, writtenAt }: IslandOrigin): boolean {
    const now = Date.now() / 1000;
    for (const [old, at] of this.#joined) {
      if (now - at <= FRESH_S) break;
      this.#joined.delete(old);
    }
    if (now - writtenAt > FRESH_S || this.#joined.has(token) || this.#joined.size >= MAX_REMEMBERED) return false;
    this.#joined.set(token, now);
    return true;
  }
}
