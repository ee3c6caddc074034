import type { Span } from '@opentelemetry/api';
import { currentSpan, rootSpan } from './spans.ts';

/** `Astro.locals.trace`: the spans at the place where it is read. */
export interface RequestTrace {
  readonly current: Span;
  readonly root: Span;
}

/** For `interface Locals extends TracedLocals {}` in the app's env.d.ts: see the README. */
export interface TracedLocals {
  readonly trace: RequestTrace;
}

/** One object for all requests: which spans are meant follows from where it is asked. */
const trace: RequestTrace = Object.freeze({
  get current() {
    return currentSpan();
  },
  get root() {
    return rootSpan();
  },
});

/** A `locals.trace` of the app's own stays. */
export function offerTrace(locals: object): void {
  if (!('trace' in locals)) Object.assign(locals, { trace });
}
