import type { Attributes, HrTime, SpanContext, SpanKind, TimeInput } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { processClock } from '../../spans/clock.ts';
import { hrBetween, hrTime } from '../../spans/hr-time.ts';
import { OpenSpan } from '../../spans/open-span.ts';
import { api } from '../api.ts';

/** What all server spans of a tracer have. */
export interface Maker {
  readonly scope: ReadableSpan['instrumentationScope'];
  readonly resource: ReadableSpan['resource'];
  /** As it is when the span starts, and when it ends. */
  readonly processors: readonly SpanProcessor[];
}

const NEVER: HrTime = [0, 0];
const UNKNOWN: HrTime = [-1, -1];

/** The server span of a request that somebody records. */
export class ServerSpan extends OpenSpan implements ReadableSpan {
  readonly kind: SpanKind = api.SpanKind.SERVER;
  readonly parentSpanContext: SpanContext;
  readonly startTime: HrTime;
  endTime: HrTime = NEVER;
  readonly resource: ReadableSpan['resource'];
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  ended = false;
  readonly #context: SpanContext;
  readonly #processors: readonly SpanProcessor[];
  /** Between performance.now() and ms since the epoch: the same for all that it says, as the clock may be set meanwhile. */
  readonly #offset: number;
  readonly #uncount: (() => void) | undefined;

  /** @param uncount called at its end */
  constructor(
    { scope, resource, processors }: Maker,
    name: string,
    context: SpanContext,
    parent: SpanContext | undefined,
    attributes: Attributes,
    uncount: (() => void) | undefined,
  ) {
    super(name, attributes);
    const start = processClock.read();
    this.#offset = processClock.known;
    this.startTime = hrTime(this.#offset + start);
    // A field that is always there, as in the SDK's.
    this.parentSpanContext = parent as SpanContext;
    this.resource = resource;
    this.instrumentationScope = scope;
    this.#context = context;
    this.#processors = processors;
    this.#uncount = uncount;
  }

  get duration(): HrTime {
    return this.endTime === NEVER ? UNKNOWN : hrBetween(this.startTime, this.endTime);
  }

  spanContext(): SpanContext {
    return this.#context;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  end(endTime?: TimeInput): void {
    if (this.ended) return;
    this.endTime = this.timeOf(endTime);
    if (isBefore(this.endTime, this.startTime)) {
      api.diag.warn(`a span ends before it starts, and lasts no time: '${this.name}'`);
      this.endTime = [...this.startTime];
    }
    for (const processor of this.#processors) processor.onEnding?.(this);
    this.#uncount?.();
    this.ended = true;
    for (const processor of this.#processors) processor.onEnd(this);
  }

  protected sinceEpoch(reading: number): number {
    return this.#offset + reading;
  }
}

function isBefore([seconds, nanoseconds]: HrTime, [otherSeconds, otherNanoseconds]: HrTime): boolean {
  return seconds < otherSeconds || (seconds === otherSeconds && nanoseconds < otherNanoseconds);
}
