/** For code of the app: spans of its own, and the ones it runs in. Imports nothing at run time, so it can be bundled anywhere. */
export type { Attributes, Span } from '@opentelemetry/api';
export type { RequestTrace, TracedLocals } from './api/locals.ts';
export { currentSpan, rootSpan } from './api/spans.ts';
export { type Outcome, traced } from './api/traced.ts';
