import { performance } from 'node:perf_hooks';
import type { Attributes, Context, Span, SpanContext } from '@opentelemetry/api';
import { hrTimeOf, processClock } from '../../spans/clock.ts';
import { contexts } from '../../spans/context-manager.ts';
import { spanIn } from '../../spans/contexts.ts';
import { FinishedSpan } from '../../spans/finished-span.ts';
import { OpenSpan } from '../../spans/open-span.ts';
import { api } from '../api.ts';
import { SpanLayer } from './layer.ts';
import type { Recorder } from './recorder.ts';

/**
 * A span as numbers. It gets an id when somebody asks for one (a span below it, a log line), and becomes what the exporter takes when
 * it has ended; a page makes hundreds of these and exports a few.
 */
export class RecordedSpan extends OpenSpan {
  readonly request: Recorder;
  readonly parent: Span;
  readonly layer: Context;
  /** of performance.now(), ms */
  readonly start: number;
  ended: number | undefined;
  /** The answer's end is its end as well: no error. */
  mayBeCutOff = false;
  protected context: SpanContext | undefined;

  constructor(request: Recorder, at: Context, name: string, attributes: Attributes, start = performance.now()) {
    super(name, attributes);
    this.request = request;
    this.parent = spanIn(at) ?? request.root;
    this.layer = new SpanLayer(at, this);
    this.start = start;
  }

  spanContext(): SpanContext {
    this.context ??= this.request.newSpanContext();
    return this.context;
  }

  /** Of the span that it has become, or is part of; `undefined` for one that nobody has asked for, and that has become none. */
  exportedId(): string | undefined {
    return this.context?.spanId;
  }

  isRecording(): boolean {
    return this.ended === undefined;
  }

  end(): void {
    if (this.isRecording()) this.close();
  }

  /** The error passes through many spans on its way up; where it came from has it as an event, all have the status. */
  fail(error: unknown): void {
    if (!this.isRecording()) return;
    if (this.request.firstSeen(error)) this.recordException(error instanceof Error ? error : String(error));
    this.setStatus({ code: api.SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    this.attributes['error.type'] = error instanceof Error ? error.name : '_OTHER';
    this.close();
  }

  /** Its request is over, and it is not: the client hung up, or the answer went out without it. */
  cutOff(): void {
    if (!this.mayBeCutOff) {
      this.setStatus({ code: api.SpanStatusCode.ERROR, message: 'the request ended before this did' });
      this.attributes['onetrace.cut_off'] = true;
    }
    this.close();
  }

  protected sinceEpoch(reading: number): number {
    return processClock.known + reading;
  }

  protected close(): void {
    this.ended = performance.now();
    this.request.spanEnded(this);
  }

  /** Runs it with this span active, and ends the span when its work has ended. */
  cover<T>(run: () => T): T {
    let result: T;
    try {
      result = contexts.with(this.layer, run);
    } catch (error) {
      this.fail(error);
      throw error;
    }
    if (isPromise(result))
      result.then(
        () => this.end(),
        (error) => this.fail(error),
      );
    else this.end();
    return result;
  }

  /** What the exporter takes. */
  readable(parent: SpanContext): FinishedSpan {
    const span = new FinishedSpan({
      name: this.name,
      kind: api.SpanKind.INTERNAL,
      context: this.spanContext(),
      parent,
      startTime: hrTimeOf(this.start),
      endTime: hrTimeOf(this.ended ?? this.start),
      attributes: this.exportedAttributes(),
      resource: this.request.resource,
      scope: this.request.scope,
    });
    this.handOver(span);
    return span;
  }

  protected exportedAttributes(): Attributes {
    return this.attributes;
  }
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}
