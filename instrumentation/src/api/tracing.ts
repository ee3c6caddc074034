import type { Attributes, Span } from '@opentelemetry/api';

/**
 * How code of the app reaches the SDK that the preload has started: a global and no import. However a bundler treats this package,
 * bundled or left outside, once or twice, there is one SDK, nothing of OpenTelemetry to resolve from the bundle's folder, and without
 * the preload nothing here.
 */
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

const TRACING = Symbol.for('onetrace.tracing');
const holder = globalThis as { [TRACING]?: Tracing | undefined };

export function tracing(): Tracing | undefined {
  return holder[TRACING];
}

export function openTracing(open: Tracing | undefined): void {
  holder[TRACING] = open;
}
