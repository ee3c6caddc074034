import type { Context, HrTime, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { NONE, UNSET } from '../spans/finished-span.ts';
import { hrBetween, hrTime } from '../spans/hr-time.ts';
import { OpenSpan } from '../spans/open-span.ts';
import { createTraceState, SpanKind } from '../spans/otel.ts';
import { now, shared, sinceEpoch } from './clock.ts';
import { partnerOf } from './protocol.ts';
import { type Carrier, toSpanContext } from './remote-span.ts';

export const RUN = 'worker.run';
export const SCOPE = { name: '@onetrace/instrumentation/worker' };

/**
 * The work on one message. Each of them has one, and code in a worker runs too seldom for V8 to make it fast: the thread that asked has given
 * it its id, and makes the span that is exported when the answer has come, unless there is more to say about it than when it began and ended.
 */
export class RunSpan extends OpenSpan implements ReadableSpan {
  readonly kind = SpanKind.INTERNAL;
  /** Its own. */
  readonly carrier: Carrier;
  ended = false;
  /** The process's: the thread that exports knows it. */
  readonly resource = { attributes: {} } as ReadableSpan['resource'];
  readonly instrumentationScope = SCOPE;
  readonly #context: SpanContext;
  /** Both on the clock that all threads share. */
  readonly #start: number;
  #end: number;
  readonly #watchers: readonly SpanProcessor[];

  /**
   * @param start on the clock that all threads share
   * @param watchers who want to know of every run
   */
  constructor(carrier: Carrier, start: number, around: Context, watchers: readonly SpanProcessor[]) {
    super(RUN, {});
    this.carrier = carrier;
    this.#context = toSpanContext(carrier, createTraceState);
    this.#start = start;
    this.#end = start;
    this.#watchers = watchers;
    for (const watcher of watchers) watcher.onStart(this as never, around);
  }

  get parentSpanContext(): SpanContext {
    return { ...this.#context, spanId: partnerOf(this.#context.spanId) };
  }

  get startTime(): HrTime {
    return hrTime(sinceEpoch(this.#start));
  }

  get endTime(): HrTime {
    return hrTime(sinceEpoch(this.#end));
  }

  get duration(): HrTime {
    return hrBetween(this.startTime, this.endTime);
  }

  /** Whether its times are all there is to say. */
  get plain(): boolean {
    if (this.status !== UNSET || this.events !== NONE || this.seldom !== undefined || this.name !== RUN) return false;
    for (const _ in this.attributes) return false;
    return true;
  }

  spanContext(): SpanContext {
    return this.#context;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  /** @param moment on the clock that all threads share */
  endAt(moment: number): void {
    if (this.ended) return;
    this.ended = true;
    this.#end = moment;
    for (const watcher of this.#watchers) watcher.onEnd(this);
  }

  end(): void {
    this.endAt(now());
  }

  protected sinceEpoch(reading: number): number {
    return sinceEpoch(shared(reading));
  }
}
