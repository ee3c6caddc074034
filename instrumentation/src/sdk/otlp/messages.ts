import type { Attributes, AttributeValue, HrTime, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ProtobufWriter } from './protobuf.ts';

type Scope = ReadableSpan['instrumentationScope'];
type Resource = ReadableSpan['resource'];

/** `SpanFlags`: whether the parent is remote is known, and it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

const INT64_END = 2 ** 63;

/** In a `for`–`in` loop V8 compiles this one into a look at the object's shape; `Object.hasOwn` stays a call. */
const has = Object.prototype.hasOwnProperty;

/*
 * What stands in an `ExportTraceServiceRequest`. Says what upstream's serializer says, with one walk over a span where that one takes
 * two, the first to count bytes, and without an object for each id. The numbers are those of the fields in opentelemetry-proto,
 * `collector/trace/v1/trace_service.proto`, `trace/v1/trace.proto` and `common/v1/common.proto`.
 */

/** What a `ResourceSpans` says besides its spans. */
export function writeResource(writer: ProtobufWriter, resource: Resource): void {
  const start = writer.open(1);
  writeAttributes(writer, 1, resource.attributes);
  writer.close(start);
  if (resource.schemaUrl) writer.string(3, resource.schemaUrl);
}

/** What a `ScopeSpans` says besides its spans. */
export function writeScope(writer: ProtobufWriter, scope: Scope & Partial<ReadableSpan>): void {
  writeInstrumentationScope(writer, scope);
  if (scope.schemaUrl) writer.string(3, scope.schemaUrl);
}

function writeInstrumentationScope(
  writer: ProtobufWriter,
  { name, version, attributes, droppedAttributesCount }: Scope & Partial<ReadableSpan>,
): void {
  const start = writer.open(1);
  writer.string(1, name);
  if (version) writer.string(2, version);
  if (attributes) writeAttributes(writer, 3, attributes);
  writeCount(writer, 4, droppedAttributesCount);
  writer.close(start);
}

/** One of the spans of a `ScopeSpans`. */
export function writeSpan(writer: ProtobufWriter, span: ReadableSpan): void {
  const start = writer.open(2);
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  writeContext(writer, context);
  if (parent?.spanId) writer.hex(4, parent.spanId);
  writer.string(5, textOf(span.name));
  writer.varint(6, span.kind + 1);
  writeTime(writer, 7, span.startTime);
  writeTime(writer, 8, span.endTime);
  writeAttributes(writer, 9, span.attributes);
  writeCount(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, event);
  writeCount(writer, 12, span.droppedEventsCount);
  for (const link of span.links) writeLink(writer, link);
  writeCount(writer, 14, span.droppedLinksCount);
  writeStatus(writer, span.status);
  writer.flags(flagsOf(context.traceFlags, parent?.isRemote));
  writer.close(start);
}

/** The SDK's spans take as a name whatever they are given, as in `updateName(404)`. */
function textOf(name: string): string {
  return typeof name === 'string' ? name : String(name);
}

function writeContext(writer: ProtobufWriter, { traceId, spanId, traceState }: SpanContext): void {
  writer.hex(1, traceId);
  writer.hex(2, spanId);
  const state = traceState?.serialize();
  if (state) writer.string(3, state);
}

function writeEvent(
  writer: ProtobufWriter,
  { time, name, attributes, droppedAttributesCount }: ReadableSpan['events'][number],
): void {
  const start = writer.open(11);
  writeTime(writer, 1, time);
  writer.string(2, textOf(name));
  if (attributes) writeAttributes(writer, 3, attributes);
  writeCount(writer, 4, droppedAttributesCount);
  writer.close(start);
}

function writeLink(
  writer: ProtobufWriter,
  { context, attributes, droppedAttributesCount }: ReadableSpan['links'][number],
): void {
  const start = writer.open(13);
  writeContext(writer, context);
  if (attributes) writeAttributes(writer, 4, attributes);
  writeCount(writer, 5, droppedAttributesCount);
  writer.fixed32(6, flagsOf(context.traceFlags, context.isRemote));
  writer.close(start);
}

/** No status means an unset one. */
function writeStatus(writer: ProtobufWriter, { code, message }: ReadableSpan['status']): void {
  if (!code && !message) return;
  const start = writer.open(15);
  if (message) writer.string(2, message);
  writer.varint(3, code);
  writer.close(start);
}

/** What is not there is zero. */
function writeCount(writer: ProtobufWriter, field: number, count: number | undefined): void {
  if (count) writer.varint(field, count);
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key in attributes) {
    if (!has.call(attributes, key)) continue;
    const start = writer.open(field);
    writer.string(1, key);
    writeValue(writer, 2, attributes[key]);
    writer.close(start);
  }
}

/** `AnyValue`; numbers that are whole are integers. What is neither of its kinds is an empty one. */
function writeValue(writer: ProtobufWriter, field: number, value: AttributeValue | undefined): void {
  const start = writer.open(field);
  if (typeof value === 'string') writer.string(1, value);
  else if (typeof value === 'boolean') writer.varint(2, value ? 1 : 0);
  else if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= -INT64_END && value < INT64_END) writer.varint(3, value);
    else writer.double(4, value);
  } else if (value instanceof Uint8Array) writer.bytes(7, value);
  else if (Array.isArray(value)) {
    const list = writer.open(5);
    for (const item of value) writeValue(writer, 1, item as AttributeValue);
    writer.close(list);
  } else if (typeof value === 'object' && value !== null) {
    const list = writer.open(6);
    writeAttributes(writer, 1, value as Attributes);
    writer.close(list);
  }
  writer.close(start);
}

/**
 * Nanoseconds since the epoch, in two halves: they do not fit into a double. 16 bits of the seconds at a time do, and `>>>` and `&`
 * take bits off where `%` of large numbers is a call.
 */
function writeTime(writer: ProtobufWriter, field: number, time: HrTime): void {
  const upper = (time[0] >>> 16) * 1e9;
  const upperLow = upper & 0xffff;
  const sum = upperLow * 0x10000 + (time[0] & 0xffff) * 1e9 + time[1];
  const low = sum >>> 0;
  writer.fixed64(field, low, (upper - upperLow) / 0x10000 + (sum - low) / 2 ** 32);
}

function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}
