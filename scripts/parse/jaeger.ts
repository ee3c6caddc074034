import type { Attributes, AttributeValue, Span } from '../model/trace.ts';
import type { Found } from './assemble.ts';
import { isObject, type Json, objectsIn } from './documents.ts';
import { type Notes, quote } from './notes.ts';
import { integer, readId, readMicroseconds, readParentId, readText, scalar } from './values.ts';

/**
 * Jaeger's own JSON: the answer of `/api/traces/{id}` and `/api/traces?service=…`, which is also what the UI downloads
 * (`{ data: [trace] }`), or one of those traces alone.
 *
 * Format: https://github.com/jaegertracing/jaeger/blob/v1.76.0/internal/uimodel/model.go. What was OpenTelemetry before Jaeger made
 * tags of it becomes OpenTelemetry again, as the Collector's translator has it:
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/pkg/translator/jaeger
 */
export function isJaeger(document: Json): boolean {
  return Array.isArray(document.data) || Array.isArray(document.errors) || isTrace(document);
}

export function* readJaeger(document: Json, notes: Notes): Generator<Found> {
  const errors = objectsIn(document.errors, 'errors', notes);
  for (const { msg } of errors) notes.add('source-error', `Jaeger reported an error: ${quote(msg)}`);
  for (const trace of isTrace(document) ? [document] : objectsIn(document.data, 'data', notes)) {
    if (!isTrace(trace))
      notes.add('bad-trace', `a trace was left out: expected a list of spans, got ${quote(trace.spans)}`);
    else yield* readTrace(trace, notes);
  }
}

function isTrace(value: Json): boolean {
  return Array.isArray(value.spans) && ('processes' in value || 'traceID' in value);
}

interface Process {
  service: string;
  resource: Attributes;
}

function* readTrace(trace: Json, notes: Notes): Generator<Found> {
  const processes = new Map<string, Process>();
  for (const [id, process] of Object.entries(isObject(trace.processes) ? trace.processes : {}))
    processes.set(id, readProcess(process, notes));
  const unknown = readProcess(undefined, notes);
  for (const raw of objectsIn(trace.spans, 'spans', notes)) {
    const process = isObject(raw.process) ? readProcess(raw.process, notes) : processes.get(readText(raw.processID));
    const found = readSpan(raw, trace, process ?? unknown, notes);
    if (found) yield found;
  }
}

/** What Jaeger's own clients called by another name. */
const RENAMED: Record<string, string> = { hostname: 'host.name', 'client-uuid': 'service.instance.id' };

function readProcess(value: unknown, notes: Notes): Process {
  const service = (isObject(value) && readText(value.serviceName)) || 'unknown_service';
  const tags = readTags(isObject(value) ? value.tags : undefined, notes);
  const renamed = Object.entries(tags).map(([key, tag]) => [RENAMED[key] ?? key, tag] as const);
  return { service, resource: { 'service.name': service, ...Object.fromEntries(renamed) } };
}

function readSpan(raw: Json, trace: Json, { service, resource }: Process, notes: Notes): Found | null {
  const traceId = readId(raw.traceID ?? trace.traceID, 16);
  const spanId = readId(raw.spanID, 8);
  if (traceId === null || spanId === null) {
    const [field, digits] = traceId === null ? ['traceID', 32] : ['spanID', 16];
    const got = quote(raw[field]);
    notes.add('bad-id', `a span was left out: ${field}: expected up to ${digits} hex digits, not all zero, got ${got}`);
    return null;
  }
  const tags = readTags(raw.tags, notes);
  const logs = objectsIn(raw.logs, 'logs', notes);
  const startNs = readMicroseconds(raw.startTime);
  const duration = readMicroseconds(raw.duration);
  const { parentId, links } = readReferences(raw, traceId, spanId, notes);
  const span: Span = {
    spanId,
    parentId,
    name: readText(raw.operationName) || '(no name)',
    kind: readKind(tags['span.kind']),
    start: 0,
    end: 0,
    status: readStatus(tags),
    attributes: withoutOwn(tags),
    events: logs.map((log) => readLog(log, notes)),
    links,
    traceState: readText(tags['w3c.tracestate']),
    service,
    resource,
    scope: {
      name: readText(tags['otel.scope.name'] ?? tags['otel.library.name']),
      version: readText(tags['otel.scope.version'] ?? tags['otel.library.version']),
    },
  };
  const endNs = startNs === null || duration === null ? null : startNs + duration;
  return { traceId, draft: { span, startNs, endNs, eventNs: logs.map((log) => readMicroseconds(log.timestamp)) } };
}

/** A reference in the same trace is the parent, CHILD_OF before FOLLOWS_FROM; the others, and a parent that is followed, are links. */
function readReferences(raw: Json, traceId: string, spanId: string, notes: Notes): Pick<Span, 'parentId' | 'links'> {
  const references = objectsIn(raw.references, 'references', notes).flatMap((reference) => {
    const link = { traceId: readId(reference.traceID, 16) ?? traceId, spanId: readId(reference.spanID, 8) };
    if (link.spanId === null)
      notes.add(
        'bad-reference',
        `a reference was left out: spanID: expected 16 hex digits, got ${quote(reference.spanID)}`,
        spanId,
      );
    return link.spanId === null
      ? []
      : [{ ...link, spanId: link.spanId, follows: reference.refType === 'FOLLOWS_FROM' }];
  });
  const here = references.filter((reference) => reference.traceId === traceId);
  const parent = here.find(({ follows }) => !follows) ?? here[0];
  const links = references
    .filter((reference) => reference !== parent || reference.follows)
    .map(({ follows, ...link }) => ({
      ...link,
      traceState: '',
      attributes: { 'opentracing.ref_type': follows ? 'follows_from' : 'child_of' },
    }));
  return { parentId: parent?.spanId ?? readParentId(raw.parentSpanID, 'parentSpanID', spanId, notes), links };
}

const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;

function readKind(tag: AttributeValue | undefined): Span['kind'] {
  return KINDS.find((kind) => kind === tag) ?? 'unspecified';
}

function readStatus(tags: Attributes): Span['status'] {
  const code = readText(tags['otel.status_code']).toLowerCase();
  const failed = code === 'error' || tags.error === true || tags.error === 'true';
  return {
    code: failed ? 'error' : code === 'ok' ? 'ok' : 'unset',
    message: readText(tags['otel.status_description']),
  };
}

/** Tags that are not attributes of the span, but say in Jaeger's way what has a place of its own. */
const OWN = new Set([
  'span.kind',
  'error',
  'w3c.tracestate',
  'internal.span.format',
  'otel.status_code',
  'otel.status_description',
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
]);

function withoutOwn(tags: Attributes): Attributes {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !OWN.has(key)));
}

function readTags(value: unknown, notes: Notes): Attributes {
  return Object.fromEntries(objectsIn(value, 'tags', notes).map((tag) => [String(tag.key ?? ''), readTag(tag)]));
}

function readTag(tag: Json): AttributeValue {
  return tag.type === 'int64' ? integer(tag.value) : scalar(tag.value);
}

/** OpenTelemetry's events have their name in the field `event`; OpenTracing's exceptions are the event `error`. */
function readLog(log: Json, notes: Notes): Span['events'][number] {
  const { event, ...fields } = readTags(log.fields, notes);
  const name = readText(event) || readText(fields.message) || 'log';
  if (name !== 'error') return { name, time: 0, attributes: fields };
  const said = {
    'exception.type': fields['error.kind'],
    'exception.message': fields.message,
    'exception.stacktrace': fields.stack,
  };
  const attributes = Object.entries(said).flatMap(([key, field]) =>
    field === undefined ? [] : [[key, field] as const],
  );
  return { name: 'exception', time: 0, attributes: { ...fields, ...Object.fromEntries(attributes) } };
}
