import type { Context, HrTime, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { childOf, NONE } from '../spans/finished-span.ts';
import { hrBetween, hrTime } from '../spans/hr-time.ts';
import { OpenSpan } from '../spans/open-span.ts';
import { SpanKind } from '../spans/otel.ts';
import { now, sinceEpoch } from './clock.ts';

const SCOPE = { name: '@onetrace/instrumentation/worker' };

/**
 * The work on one message. Each of them has one, and the SDK's own costs a worker as much as everything else that is done for its
 * trace: the sampler has been asked in the other thread, and the few attributes are known to be right.
 */
export class RunSpan extends OpenSpan implements ReadableSpan {
  readonly kind = SpanKind.INTERNAL;
  readonly parentSpanContext: SpanContext;
  readonly startTime: HrTime;
  endTime: HrTime;
  ended = false;
  /** The process's: the thread that exports knows it. */
  readonly resource = { attributes: {} } as ReadableSpan['resource'];
  readonly instrumentationScope = SCOPE;
  readonly links: ReadableSpan['links'] = NONE;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly #context: SpanContext;
  readonly #processors: readonly SpanProcessor[];

  /** @param start on the clock that all threads share */
  constructor(
    parent: SpanContext,
    around: Context,
    thread: number,
    start: number,
    processors: readonly SpanProcessor[],
  ) {
    super('worker.run', { 'thread.id': thread });
    this.parentSpanContext = parent;
    this.#context = childOf(parent);
    this.startTime = hrTime(sinceEpoch(start));
    this.endTime = this.startTime;
    this.#processors = processors;
    for (const processor of processors) processor.onStart(this as never, around);
  }

  get duration(): HrTime {
    return hrBetween(this.startTime, this.endTime);
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
    this.endTime = hrTime(sinceEpoch(moment));
    for (const processor of this.#processors) processor.onEnd(this as never);
  }

  end(): void {
    this.endAt(now());
  }

  protected present(): HrTime {
    return hrTime(sinceEpoch(now()));
  }
}
