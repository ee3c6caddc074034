import type { Attributes, HrTime, Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { newSpanId } from './id.ts';

type Scope = ReadableSpan['instrumentationScope'];

/** `SpanStatusCode.UNSET` */
const UNSET: SpanStatus = { code: 0 };
const NONE: never[] = [];

/**
 * A span that was never open to anybody: it is made when all of it is known. A tenth of what one costs that the SDK starts and ends,
 * checks, and asks its sampler about.
 */
export class FinishedSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: number;
  readonly parentSpanContext: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly attributes: Attributes;
  readonly instrumentationScope: Scope;
  readonly resource: ReadableSpan['resource'];
  status: SpanStatus = UNSET;
  readonly events: ReadableSpan['events'] = NONE;
  readonly links: Link[] = NONE;
  readonly ended = true;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly #context: SpanContext;

  /** `start`, `end`: ms since the epoch. */
  constructor(
    { name, kind, attributes }: { name: string; kind: number; attributes: Attributes },
    { parent, context = childOf(parent) }: { parent: SpanContext; context?: SpanContext },
    [start, end]: [start: number, end: number],
    { scope, resource }: { scope: Scope; resource: ReadableSpan['resource'] },
  ) {
    this.name = name;
    this.kind = kind;
    this.attributes = attributes;
    this.parentSpanContext = parent;
    this.#context = context;
    this.startTime = hrTime(start);
    this.endTime = hrTime(end);
    this.duration = hrTime(end - start);
    this.instrumentationScope = scope;
    this.resource = resource;
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}

/** Of the parent's trace, and made in this process. */
export function childOf({ traceId, traceFlags, traceState }: SpanContext): SpanContext {
  const spanId = newSpanId();
  return traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
}

/** ms as seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = Math.round((ms - seconds * 1000) * 1e6);
  return nanoseconds === 1e9 ? [seconds + 1, 0] : [seconds, nanoseconds];
}
