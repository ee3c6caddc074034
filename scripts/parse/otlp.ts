import type { Attributes, Span } from '../model/trace.ts';
import { assemble, type Found, type Parsed } from './assemble.ts';
import { isObject, type Json, objectsIn, readDocuments } from './documents.ts';
import { createNotes, type Notes, quote } from './notes.ts';
import type { Draft } from './times.ts';
import { readAttributes, readEnum, readId, readParentId, readText, readTime } from './values.ts';

/**
 * OTLP JSON → traces: Jaeger's `/api/v3/traces/{id}` (`{ result: { resourceSpans } }`), a plain `{ resourceSpans }`, or one of them a
 * line. Reads what can be read; what cannot becomes a warning. Never throws.
 *
 * Format: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function parseOtlp(text: string): Parsed {
  const notes = createNotes();
  return assemble(readAll(text, notes), notes);
}

function* readAll(text: string, notes: Notes): Generator<Found> {
  for (const document of readDocuments(text, 'OTLP JSON', notes)) {
    if (isOtlp(document)) yield* readOtlp(document, notes);
    else noteForeign(document, 'an object with resourceSpans', notes);
  }
}

export function isOtlp(document: Json): boolean {
  return spanLists(document) !== undefined;
}

/** What is none of the formats: an error of the server that was asked, or something else altogether. */
export function noteForeign(document: Json, expected: string, notes: Notes): void {
  const error = isObject(document.error) ? document.error.message : document.error;
  if (error !== undefined) notes.add('source-error', `expected a trace, got an error: ${quote(error)}`);
  else notes.add('bad-document', `expected ${expected}, got ${describeKeys(document)}`);
}

export function* readOtlp(document: Json, notes: Notes): Generator<Found> {
  const readTraceId = createTraceIdReader();
  for (const resourceSpans of objectsIn(spanLists(document), 'resourceSpans', notes)) {
    const resource = readAttributes(
      isObject(resourceSpans.resource) ? resourceSpans.resource.attributes : undefined,
      notes,
    );
    for (const scopeSpans of objectsIn(resourceSpans.scopeSpans, 'scopeSpans', notes)) {
      const scope = readScope(scopeSpans.scope);
      for (const raw of objectsIn(scopeSpans.spans, 'spans', notes)) {
        const found = readSpan(raw, readTraceId(raw.traceId), resource, scope, notes);
        if (found) yield found;
      }
    }
  }
}

/** Jaeger wraps the list into `result`, Tempo into `trace` or calls it `batches`. */
function spanLists(document: Json): unknown {
  const body = [document.result, document.trace].find(isObject) ?? document;
  return body.resourceSpans ?? body.batches ?? ('resourceSpans' in body ? null : undefined);
}

function describeKeys(document: Json): string {
  const keys = Object.keys(document);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 5).map(quote).join(', ')}`;
}

function readScope(value: unknown): Span['scope'] {
  return isObject(value) ? { name: readText(value.name), version: readText(value.version) } : { name: '', version: '' };
}

/** What most spans have: one list for all of them, which nobody writes to. A million of their own would be 100 MB. */
const NO_EVENTS: Span['events'] = [];
const NO_LINKS: Span['links'] = [];
const NO_TIMES: Draft['eventNs'] = [];

/** Spans of one trace come together: its id is read once, and is one string for all of them. */
function createTraceIdReader(): (value: unknown) => string | null {
  let latest: { value: unknown; id: string | null } = { value: undefined, id: null };
  return (value) => {
    if (value !== latest.value) latest = { value, id: readId(value, 16) };
    return latest.id;
  };
}

function readSpan(
  raw: Json,
  traceId: string | null,
  resource: Attributes,
  scope: Span['scope'],
  notes: Notes,
): Found | null {
  const spanId = readId(raw.spanId, 8);
  if (traceId === null || spanId === null) {
    const [field, digits] = traceId === null ? ['traceId', 32] : ['spanId', 16];
    notes.add(
      'bad-id',
      `a span was left out: ${field}: expected ${digits} hex digits, not all zero, got ${quote(raw[field])}`,
    );
    return null;
  }
  const events = objectsIn(raw.events, 'events', notes);
  const links = objectsIn(raw.links, 'links', notes);
  const span: Span = {
    spanId,
    parentId: readParentId(raw.parentSpanId, 'parentSpanId', spanId, notes),
    name: readText(raw.name) || '(no name)',
    kind: readKind(raw.kind, spanId, notes),
    start: 0,
    end: 0,
    status: readStatus(raw.status),
    attributes: readAttributes(raw.attributes, notes),
    events: events.length === 0 ? NO_EVENTS : events.map((event) => readEvent(event, notes)),
    links: links.length === 0 ? NO_LINKS : links.flatMap((link) => readLink(link, notes)),
    traceState: readText(raw.traceState),
    service: readText(resource['service.name']) || 'unknown_service',
    resource,
    scope,
  };
  const draft: Draft = {
    span,
    startNs: readTime(raw.startTimeUnixNano),
    endNs: readTime(raw.endTimeUnixNano),
    eventNs: events.length === 0 ? NO_TIMES : events.map((event) => readTime(event.timeUnixNano)),
  };
  return { traceId, draft };
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

function readKind(value: unknown, spanId: string, notes: Notes): Span['kind'] {
  const kind = readEnum(value, 'span_kind_', KINDS);
  if (kind === null)
    notes.add('bad-kind', `kind: expected 0 to ${KINDS.length - 1} or its name, got ${quote(value)}`, spanId);
  return kind ?? 'unspecified';
}

const UNSET: Span['status'] = { code: 'unset', message: '' };
const CODES = ['unset', 'ok', 'error'] as const;

function readStatus(value: unknown): Span['status'] {
  if (!isObject(value)) return UNSET;
  const code = readEnum(value.code, 'status_code_', CODES) ?? 'unset';
  const message = readText(value.message);
  return code === 'unset' && message === '' ? UNSET : { code, message };
}

function readEvent(event: Json, notes: Notes): Span['events'][number] {
  return { name: readText(event.name), time: 0, attributes: readAttributes(event.attributes, notes) };
}

function readLink(link: Json, notes: Notes): Span['links'] {
  const traceId = readId(link.traceId, 16);
  const spanId = readId(link.spanId, 8);
  if (traceId === null || spanId === null) return [];
  const attributes = readAttributes(link.attributes, notes);
  return [{ traceId, spanId, traceState: readText(link.traceState), attributes }];
}
