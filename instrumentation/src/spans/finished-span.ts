import type { Attributes, HrTime, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { cleaned, isAnyValue } from './attributes.ts';
import { hrBetween } from './hr-time.ts';
import { newSpanId } from './id.ts';
import { areTight, spanLimits } from './limits.ts';

export interface Facts {
  name: string;
  kind: number;
  context: SpanContext;
  parent: SpanContext | undefined;
  startTime: HrTime;
  endTime: HrTime;
  attributes: Attributes;
  resource: ReadableSpan['resource'];
  scope: ReadableSpan['instrumentationScope'];
}

/** `SpanStatusCode.UNSET` */
export const UNSET: SpanStatus = { code: 0 };
/** Shared by all that have none: to be replaced, not pushed to. */
export const NONE: never[] = [];

/**
 * A span that is made when all of it is known: nobody has to start and end it, check it, or ask a sampler about it. One shape for all
 * that do not come from the SDK.
 */
export class FinishedSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: number;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  attributes: Attributes;
  readonly resource: ReadableSpan['resource'];
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  readonly ended = true;
  status: SpanStatus = UNSET;
  events: ReadableSpan['events'] = NONE;
  links: ReadableSpan['links'] = NONE;
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  readonly #context: SpanContext;

  constructor({ name, kind, context, parent, startTime, endTime, attributes, resource, scope }: Facts) {
    this.name = name;
    this.kind = kind;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.startTime = startTime;
    this.endTime = endTime;
    this.attributes = attributes;
    this.resource = resource;
    this.instrumentationScope = scope;
    this.#context = context;
    if (areTight(spanLimits)) this.#limit();
  }

  /** Exporters write the end instead. */
  get duration(): HrTime {
    return hrBetween(this.startTime, this.endTime);
  }

  spanContext(): SpanContext {
    return this.#context;
  }

  #limit(): void {
    const { attributeCountLimit, attributeValueLengthLimit } = spanLimits;
    const { attributes, droppedAttributesCount } = cleaned(
      this.attributes,
      attributeCountLimit,
      attributeValueLengthLimit,
      isAnyValue,
    );
    this.attributes = attributes ?? {};
    this.droppedAttributesCount = droppedAttributesCount ?? 0;
  }
}

/** Of the parent's trace, and made in this process. */
export function childOf({ traceId, traceFlags, traceState }: SpanContext): SpanContext {
  const spanId = newSpanId();
  return traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
}
