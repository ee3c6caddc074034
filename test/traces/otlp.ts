import type { Attributes, AttributeValue, Span, Trace } from '../../scripts/model/trace.ts';

/** A trace as Jaeger's `/api/v3/traces/{id}` answers it. */
export function toJaegerAnswer(trace: Trace): string {
  return JSON.stringify({ result: { resourceSpans: toResourceSpans(trace) } });
}

/** One span a line, as nginx and the Collector's file exporter write them. */
export function toLines(trace: Trace): string {
  return toResourceSpans(trace)
    .map((resourceSpans) => JSON.stringify({ resourceSpans: [resourceSpans] }))
    .join('\n');
}

function toResourceSpans(trace: Trace): object[] {
  return trace.spans.map((span) => ({
    resource: { attributes: toAttributes(span.resource) },
    scopeSpans: [{ scope: span.scope, spans: [toSpan(span, trace)] }],
  }));
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

function toSpan(span: Span, { traceId, epochNs }: Trace): object {
  const time = (ns: number) => String(epochNs + BigInt(ns));
  return {
    traceId,
    spanId: span.spanId,
    ...(span.parentId === null ? {} : { parentSpanId: span.parentId }),
    ...(span.traceState === '' ? {} : { traceState: span.traceState }),
    name: span.name,
    kind: KINDS.indexOf(span.kind),
    startTimeUnixNano: time(span.start),
    endTimeUnixNano: time(span.end),
    attributes: toAttributes(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: time(event.time),
      attributes: toAttributes(event.attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: toAttributes(link.attributes) })),
    status: { code: ['unset', 'ok', 'error'].indexOf(span.status.code), message: span.status.message },
  };
}

function toAttributes(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }));
}

function toValue(value: AttributeValue): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toValue) } };
  return { kvlistValue: { values: toAttributes(value) } };
}
