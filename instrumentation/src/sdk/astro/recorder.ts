import type { Span, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Limits } from './limits.ts';

/** What the recorder needs of the SDK's span at the root. */
export interface Root extends Span {
  readonly resource: ReadableSpan['resource'];
}

/** What a span needs of the request that it belongs to. */
export interface Recorder {
  readonly root: Root;
  readonly limits: Limits;
  readonly resource: ReadableSpan['resource'];
  readonly scope: ReadableSpan['instrumentationScope'];
  newSpanContext(): SpanContext;
  /** Whether this error has not been seen in this request. */
  firstSeen(error: unknown): boolean;
  spanEnded(span: Span): void;
}
