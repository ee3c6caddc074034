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
import { cleaned, copied, isAnyValue, isKey, isSimpleValue, isValueOf } from './attributes.ts';
import { type FinishedSpan, NONE, UNSET } from './finished-span.ts';
import { hrTime } from './hr-time.ts';
import { spanLimits } from './limits.ts';
import { diag, SpanStatusCode } from './otel.ts';

const has = Object.prototype.hasOwnProperty;

/** What few spans have. */
class Seldom {
  links: Link[] = NONE;
  readonly dropped = { attributes: 0, events: 0, links: 0 };
}

/**
 * What can be said of a span of ours while it is open, with the SDK's limits. After its end it stays as it is. What is given instead of a
 * name, a status or a link, and is none, is dropped or made a text: a span must not make the answer fail that it is posted with.
 */
export abstract class OpenSpan implements Span {
  name: string;
  readonly attributes: Attributes;
  events: TimedEvent[] = NONE;
  status: SpanStatus = UNSET;
  protected seldom: Seldom | undefined = undefined;
  /** -1: nobody has counted yet, as nobody has set any. */
  #attributeCount = -1;

  constructor(name: string, attributes: Attributes) {
    this.name = name;
    this.attributes = attributes;
  }

  abstract spanContext(): SpanContext;
  abstract isRecording(): boolean;
  abstract end(endTime?: TimeInput): void;
  /** ms since the epoch, for a reading of this thread's performance.now() */
  protected abstract sinceEpoch(reading: number): number;

  get links(): Link[] {
    return this.seldom?.links ?? NONE;
  }

  get droppedAttributesCount(): number {
    return this.seldom?.dropped.attributes ?? 0;
  }

  get droppedEventsCount(): number {
    return this.seldom?.dropped.events ?? 0;
  }

  get droppedLinksCount(): number {
    return this.seldom?.dropped.links ?? 0;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this.#isOver() || value === undefined || !isKey(key)) return this;
    const added = !has.call(this.attributes, key);
    if (added && this.#count() >= spanLimits.attributeCountLimit) {
      this.#drop('attributes');
      return this;
    }
    if (!isValueOf(key, value, isAnyValue)) return this;
    this.attributes[key] = copied(value, spanLimits.attributeValueLengthLimit);
    if (added) this.#attributeCount++;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes)
      if (has.call(attributes, key)) this.setAttribute(key, attributes[key] as AttributeValue);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.#isOver()) return this;
    const { eventCountLimit, attributePerEventCountLimit, attributeValueLengthLimit } = spanLimits;
    if (hadToMakeRoom(this.events, eventCountLimit)) this.#drop('events');
    if (eventCountLimit <= 0) return this;
    const [attributes, at] = isTime(attributesOrTime)
      ? [undefined, isTime(time) ? time : attributesOrTime]
      : [attributesOrTime, time];
    if (this.events === NONE) this.events = [];
    this.events.push({
      name: String(name),
      time: this.timeOf(at),
      ...cleaned(attributes, attributePerEventCountLimit, attributeValueLengthLimit, isSimpleValue),
    });
    return this;
  }

  addLink(link: Link): this {
    if (this.#isOver() || !isLink(link)) return this;
    const { linkCountLimit, attributePerLinkCountLimit, attributeValueLengthLimit } = spanLimits;
    if (hadToMakeRoom(this.links, linkCountLimit)) this.#drop('links');
    if (linkCountLimit <= 0) return this;
    this.seldom ??= new Seldom();
    if (this.seldom.links === NONE) this.seldom.links = [];
    this.seldom.links.push({
      context: link.context,
      ...cleaned(link.attributes, attributePerLinkCountLimit, attributeValueLengthLimit, isAnyValue),
    });
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links ?? NONE) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (this.#isOver() || typeof status?.code !== 'number' || status.code === SpanStatusCode.UNSET) return this;
    // Whoever says that all is well has the last word.
    if (this.status.code === SpanStatusCode.OK) return this;
    const { code, message } = status;
    this.status = code === SpanStatusCode.ERROR && typeof message === 'string' ? { code, message } : { code };
    return this;
  }

  updateName(name: string): this {
    if (!this.#isOver()) this.name = String(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = exceptionAttributes(exception);
    if (attributes['exception.type'] || attributes['exception.message']) this.addEvent('exception', attributes, time);
    else diag.warn('an exception that says nothing is not recorded');
  }

  /** To the span that it becomes. */
  protected handOver(span: FinishedSpan): void {
    span.status = this.status;
    span.events = this.events;
    if (this.seldom === undefined) return;
    span.links = this.seldom.links;
    span.droppedAttributesCount += this.droppedAttributesCount;
    span.droppedEventsCount = this.droppedEventsCount;
    span.droppedLinksCount = this.droppedLinksCount;
  }

  /** As the SDK reads what it is given: numbers up to now are readings of performance.now(), others ms since the epoch. */
  protected timeOf(given: TimeInput | undefined): HrTime {
    if (typeof given === 'number') return hrTime(given <= performance.now() ? this.sinceEpoch(given) : given);
    if (given instanceof Date) return hrTime(given.getTime());
    return isTime(given) ? (given as HrTime) : hrTime(this.sinceEpoch(performance.now()));
  }

  #isOver(): boolean {
    if (this.isRecording()) return false;
    diag.warn(`a span that has ended is left as it is: '${this.name}'`);
    return true;
  }

  #count(): number {
    if (this.#attributeCount === -1) {
      this.#attributeCount = 0;
      for (const _ in this.attributes) this.#attributeCount++;
    }
    return this.#attributeCount;
  }

  #drop(what: keyof Seldom['dropped']): void {
    this.seldom ??= new Seldom();
    if (this.seldom.dropped[what]++ === 0) diag.warn(`a span has more ${what} than its limit allows: '${this.name}'`);
  }
}

/** The oldest goes. */
function hadToMakeRoom(list: unknown[], limit: number): boolean {
  if (list.length < limit) return false;
  list.shift();
  return true;
}

function isTime(value: unknown): value is TimeInput {
  if (typeof value === 'number' || value instanceof Date) return true;
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number';
}

function isLink(link: Link): boolean {
  const { traceId, spanId, traceFlags }: Partial<SpanContext> = link?.context ?? {};
  return typeof traceId === 'string' && typeof spanId === 'string' && typeof traceFlags === 'number';
}

function exceptionAttributes(exception: Exception): Attributes {
  if (typeof exception === 'string') return { 'exception.message': exception };
  const attributes: Attributes = {};
  if (exception?.code) attributes['exception.type'] = String(exception.code);
  else if (exception?.name) attributes['exception.type'] = exception.name;
  if (exception?.message) attributes['exception.message'] = exception.message;
  if (exception?.stack) attributes['exception.stacktrace'] = exception.stack;
  return attributes;
}
