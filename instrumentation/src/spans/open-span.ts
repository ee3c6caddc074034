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

/**
 * What can be said of a span of ours while it is open. After its end it stays as it is. Values that are none of OpenTelemetry's are
 * dropped: a span of a worker is posted with an answer of the app's, which a function in it would make fail.
 */
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
    if (this.isRecording() && isValue(value)) this.attributes[key] = value;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes ?? {})) this.setAttribute(key, value as AttributeValue);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput): this {
    if (!this.isRecording()) return this;
    if (this.events === NONE) this.events = [];
    const attributes = isAttributes(attributesOrTime) ? attributesOrTime : {};
    const valid = Object.fromEntries(Object.entries(attributes).filter(([, value]) => isValue(value)));
    this.events.push({ name: String(name), attributes: valid, time: this.present() });
    return this;
  }

  addLink(_link: Link): this {
    return this;
  }

  addLinks(_links: Link[]): this {
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (!this.isRecording() || typeof status?.code !== 'number') return this;
    const { code, message } = status;
    this.status = message === undefined ? { code } : { code, message: String(message) };
    return this;
  }

  updateName(name: string): this {
    if (this.isRecording()) this.name = String(name);
    return this;
  }

  recordException(exception: Exception): void {
    this.addEvent('exception', exceptionAttributes(exception));
  }
}

function isValue(value: unknown): boolean {
  return Array.isArray(value) ? value.every((item) => item == null || isPrimitive(item)) : isPrimitive(value);
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isAttributes(value: Attributes | TimeInput | undefined): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function exceptionAttributes(exception: Exception): Attributes {
  if (typeof exception === 'string') return { 'exception.message': exception };
  return {
    'exception.type': exception?.name ?? '',
    'exception.message': exception?.message ?? '',
    'exception.stacktrace': exception?.stack ?? '',
  };
}
