import type { Attributes, Span, Trace, Warning } from '../model/trace.ts';
import { isObject, type Json, objectsIn, readDocuments } from './documents.ts';
import { makeIdsUnique } from './duplicates.ts';
import { createNotes, type Notes, quote } from './notes.ts';
import { type Draft, placeInTime } from './times.ts';
import { readAttributes, readEnum, readId, readTime } from './values.ts';

/**
 * OTLP JSON → traces: Jaeger's `/api/v3/traces/{id}` (`{ result: { resourceSpans } }`), a plain `{ resourceSpans }`, or one of them a
 * line. Reads what can be read; what cannot becomes a warning. Never throws.
 *
 * Format: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function parseOtlp(text: string): { traces: Trace[]; warnings: Warning[] } {
  const notes = createNotes();
  const drafts = new Map<string, Draft[]>();
  for (const document of readDocuments(text, notes)) {
    for (const { traceId, draft } of readDocument(document, notes)) {
      const trace = drafts.get(traceId);
      if (trace) trace.push(draft);
      else drafts.set(traceId, [draft]);
    }
  }
  const traces = [...drafts].map(([traceId, all]) => {
    const unique = makeIdsUnique(all, notes);
    const epochNs = placeInTime(unique, notes);
    return { traceId, epochNs, spans: unique.map((draft) => draft.span) };
  });
  return { traces, warnings: notes.warnings() };
}

interface Found {
  traceId: string;
  draft: Draft;
}

function* readDocument(document: Json, notes: Notes): Generator<Found> {
  const body = isObject(document.result) ? document.result : document;
  if (!('resourceSpans' in body)) {
    const error = isObject(document.error) ? document.error.message : document.error;
    if (error !== undefined) notes.add('source-error', `expected a trace, got an error: ${quote(error)}`);
    else notes.add('bad-document', `expected an object with resourceSpans, got ${describeKeys(document)}`);
    return;
  }
  for (const resourceSpans of objectsIn(body.resourceSpans, 'resourceSpans', notes)) {
    const resource = readAttributes(
      isObject(resourceSpans.resource) ? resourceSpans.resource.attributes : undefined,
      notes,
    );
    for (const scopeSpans of objectsIn(resourceSpans.scopeSpans, 'scopeSpans', notes)) {
      const scope = readScope(scopeSpans.scope);
      for (const raw of objectsIn(scopeSpans.spans, 'spans', notes)) {
        const found = readSpan(raw, resource, scope, notes);
        if (found) yield found;
      }
    }
  }
}

function describeKeys(document: Json): string {
  const keys = Object.keys(document);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 5).map(quote).join(', ')}`;
}

function readScope(value: unknown): Span['scope'] {
  return isObject(value) ? { name: text(value.name), version: text(value.version) } : { name: '', version: '' };
}

function readSpan(raw: Json, resource: Attributes, scope: Span['scope'], notes: Notes): Found | null {
  const traceId = readId(raw.traceId, 16);
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
  const span: Span = {
    spanId,
    parentId: readParent(raw.parentSpanId, spanId, notes),
    name: text(raw.name) || '(no name)',
    kind: readKind(raw.kind, spanId, notes),
    start: 0,
    end: 0,
    status: readStatus(raw.status),
    attributes: readAttributes(raw.attributes, notes),
    events: events.map((event) => ({
      name: text(event.name),
      time: 0,
      attributes: readAttributes(event.attributes, notes),
    })),
    links: objectsIn(raw.links, 'links', notes).flatMap((link) => readLink(link, notes)),
    traceState: text(raw.traceState),
    service: text(resource['service.name']) || 'unknown_service',
    resource,
    scope,
  };
  const draft: Draft = {
    span,
    startNs: readTime(raw.startTimeUnixNano),
    endNs: readTime(raw.endTimeUnixNano),
    eventNs: events.map((event) => readTime(event.timeUnixNano)),
  };
  return { traceId, draft };
}

function readParent(value: unknown, spanId: string, notes: Notes): string | null {
  const id = readId(value, 8);
  const absent =
    value === undefined || value === null || value === '' || (typeof value === 'string' && /^0+$/.test(value));
  if (id === null && !absent) {
    notes.add(
      'bad-parent',
      `parentSpanId: expected 16 hex digits or nothing, got ${quote(value)}; taken as a root`,
      spanId,
    );
  }
  return id;
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

function readKind(value: unknown, spanId: string, notes: Notes): Span['kind'] {
  const kind = readEnum(value, 'span_kind_', KINDS);
  if (kind === null)
    notes.add('bad-kind', `kind: expected 0 to ${KINDS.length - 1} or its name, got ${quote(value)}`, spanId);
  return kind ?? 'unspecified';
}

function readStatus(value: unknown): Span['status'] {
  if (!isObject(value)) return { code: 'unset', message: '' };
  const code = readEnum(value.code, 'status_code_', ['unset', 'ok', 'error'] as const);
  return { code: code ?? 'unset', message: text(value.message) };
}

function readLink(link: Json, notes: Notes): Span['links'] {
  const traceId = readId(link.traceId, 16);
  const spanId = readId(link.spanId, 8);
  if (traceId === null || spanId === null) return [];
  return [{ traceId, spanId, traceState: text(link.traceState), attributes: readAttributes(link.attributes, notes) }];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
