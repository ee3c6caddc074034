import type { Attributes, Span } from '@opentelemetry/api';
import { offer, offered } from './offers.ts';

/** What the preload does for `traced()` and its like. */
export interface Tracing {
  /** A child of the active span. */
  start(name: string, attributes: Attributes | undefined): Started;
  current(): Span | undefined;
  /** The first span that this process has made for the request or job at hand. */
  root(): Span | undefined;
}

/** A span that lives. */
export interface Started {
  readonly span: Span;
  /** Runs something with the span active. */
  within<T>(run: () => T): T;
  /** Ends it, with the error if there was one. A second time it does nothing. */
  end(failure?: { error: unknown }): void;
}

export function tracing(): Tracing | undefined {
  return offered('tracing') as Tracing | undefined;
}

export function openTracing(open: Tracing | undefined): void {
  offer('tracing', open);
}
