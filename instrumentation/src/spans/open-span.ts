import type {
  Attributes,
  AttributeValue,
  Exception,
  HrTime,
  Link,
  Span,
  SpanContext,
  SpanStatus,
  TimeInput,
} from '@opentelemetry/api';
import type { TimedEvent } from '@opentelemetry/sdk-trace';
import { NONE, UNSET } from './finished-span.ts';

/** What can be said of a span of ours while it is open. After its end it stays as it is. */
export abstract class OpenSpan implements Span {
  name: string;
  readonly attributes: Attributes;
  events: TimedEvent[] = NONE;
  status: SpanStatus = UNSET;

  constructor(name: string, attributes: Attributes) {
    this.name = name;
    this.attributes = attributes;
  }

  abstract spanContext(): SpanContext;
  abstract isRecording(): boolean;
  abstract end(endTime?: TimeInput): void;
  /** Since the epoch. */
  protected abstract present(): HrTime;

  setAttribute(key: string, value: AttributeValue): this {
    if (this.isRecording()) this.attributes[key] = value;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    if (this.isRecording()) Object.assign(this.attributes, attributes);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput): this {
    const attributes = isAttributes(attributesOrTime) ? attributesOrTime : {};
    if (!this.isRecording()) return this;
    if (this.events === NONE) this.events = [];
    this.events.push({ name, attributes, time: this.present() });
    return this;
  }

  addLink(_link: Link): this {
    return this;
  }

  addLinks(_links: Link[]): this {
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (this.isRecording()) this.status = status;
    return this;
  }

  updateName(name: string): this {
    if (this.isRecording()) this.name = name;
    return this;
  }

  recordException(exception: Exception): void {
    this.addEvent('exception', exceptionAttributes(exception));
  }
}

function isAttributes(value: Attributes | TimeInput | undefined): value is Attributes {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

function exceptionAttributes(exception: Exception): Attributes {
  if (typeof exception === 'string') return { 'exception.message': exception };
  return {
    'exception.type': exception.name ?? '',
    'exception.message': exception.message ?? '',
    'exception.stacktrace': exception.stack ?? '',
  };
}
