import type { Attributes, AttributeValue, Span } from '../model/trace.ts';
import type { Found } from './assemble.ts';
import { isObject, type Json, objectsIn } from './documents.ts';
import { type Notes, quote } from './notes.ts';
import { readId, readMicroseconds, readParentId, readText } from './values.ts';

/**
 * Zipkin v2: a list of spans (what reporters post), or a list of such lists (what `/api/v2/traces` answers).
 *
 * Format: https://zipkin.io/zipkin-api/#/default/post_spans (schemas ListOfSpans and Span)
 */
export function isZipkinSpan(document: Json): boolean {
  return 'traceId' in document && 'id' in document;
}

/** All spans of a file at once: a span that shares its id with its caller is told from it only when both are known. */
export function readZipkin(spans: readonly Json[], notes: Notes): Found[] {
  const found = spans.flatMap((raw) => readSpan(raw, notes) ?? []);
  separateShared(found);
  return found;
}

interface ZipkinFound extends Found {
  shared: boolean;
}

function readSpan(raw: Json, notes: Notes): ZipkinFound | null {
  const traceId = readId(raw.traceId, 16);
  const spanId = readId(raw.id, 8);
  if (traceId === null || spanId === null) {
    const [field, digits] = traceId === null ? ['traceId', 32] : ['id', 16];
    const got = quote(raw[field]);
    notes.add('bad-id', `a span was left out: ${field}: expected up to ${digits} hex digits, not all zero, got ${got}`);
    return null;
  }
  const tags = readTags(raw.tags, notes);
  const annotations = objectsIn(raw.annotations, 'annotations', notes);
  const local = isObject(raw.localEndpoint) ? raw.localEndpoint : {};
  const service = readText(local.serviceName) || 'unknown_service';
  const kind = readKind(raw.kind, spanId, notes);
  const span: Span = {
    spanId,
    parentId: readParentId(raw.parentId, 'parentId', spanId, notes),
    name: readText(raw.name) || '(no name)',
    kind,
    start: 0,
    end: 0,
    status: readStatus(tags),
    attributes: { ...(kind === 'client' || kind === 'producer' ? peer(raw.remoteEndpoint) : {}), ...tags },
    events: annotations.map((annotation) => ({ name: readText(annotation.value), time: 0, attributes: {} })),
    links: [],
    traceState: readText(tags['w3c.tracestate']),
    service,
    resource: resourceOf(service, local, tags),
    scope: { name: readText(tags['otel.scope.name']), version: readText(tags['otel.scope.version']) },
  };
  const startNs = readMicroseconds(raw.timestamp);
  // The duration may be missing: a span that was reported before it ended.
  const duration = readMicroseconds(raw.duration);
  const endNs = startNs === null || duration === null ? null : startNs + duration;
  const eventNs = annotations.map((annotation) => readMicroseconds(annotation.timestamp));
  return { traceId, draft: { span, startNs, endNs, eventNs }, shared: raw.shared === true };
}

/**
 * In B3 propagation a server may go on with its caller's span id (`shared`). It becomes a span of its own beneath its caller, and what
 * its service did under that id becomes its child.
 */
function separateShared(found: readonly ZipkinFound[]): void {
  const key = ({ traceId, draft }: Found, id: string | null) => `${traceId} ${id} ${draft.span.service}`;
  const callers = new Set(
    found.filter(({ shared }) => !shared).map(({ traceId, draft }) => `${traceId} ${draft.span.spanId}`),
  );
  const servers = new Map<string, string>();
  for (const each of found) {
    const { span } = each.draft;
    if (!each.shared || !callers.has(`${each.traceId} ${span.spanId}`)) continue;
    const own = `${span.spanId}#server`;
    servers.set(key(each, span.spanId), own);
    span.parentId = span.spanId;
    span.spanId = own;
  }
  if (servers.size === 0) return;
  for (const each of found) {
    const { span } = each.draft;
    const server = servers.get(key(each, span.parentId));
    if (server !== undefined && server !== span.spanId) span.parentId = server;
  }
}

const KINDS = ['server', 'client', 'producer', 'consumer'] as const;

function readKind(value: unknown, spanId: string, notes: Notes): Span['kind'] {
  if (value === undefined || value === null) return 'internal';
  const kind = KINDS.find((known) => known.toUpperCase() === value);
  if (!kind) notes.add('bad-kind', `kind: expected CLIENT, SERVER, PRODUCER or CONSUMER, got ${quote(value)}`, spanId);
  return kind ?? 'unspecified';
}

/** The tag `error` marks a failure whatever its value, which is a message if anything. */
function readStatus(tags: Attributes): Span['status'] {
  if (!('error' in tags)) return { code: 'unset', message: '' };
  const message = readText(tags.error);
  return { code: 'error', message: message === 'true' ? '' : message };
}

function readTags(value: unknown, notes: Notes): Attributes {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) {
    notes.add('bad-tags', `tags: expected an object, got ${quote(value)}`);
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, tag]): [string, AttributeValue] => [name, readText(tag)]),
  );
}

/** Zipkin has no resources: OpenTelemetry's exporters make tags of them. */
const RESOURCE = ['host.name', 'host.id', 'service.instance.id'] as const;

function resourceOf(service: string, local: Json, tags: Attributes): Attributes {
  const address = readText(local.ipv4) || readText(local.ipv6);
  const known = RESOURCE.flatMap((name) => (tags[name] === undefined ? [] : [[name, tags[name]] as const]));
  return { 'service.name': service, ...(address === '' ? {} : { 'host.ip': address }), ...Object.fromEntries(known) };
}

/** Who was called, in the words of OpenTelemetry. */
function peer(endpoint: unknown): Attributes {
  if (!isObject(endpoint)) return {};
  const name = readText(endpoint.serviceName);
  const address = readText(endpoint.ipv4) || readText(endpoint.ipv6);
  return {
    ...(name === '' ? {} : { 'peer.service': name }),
    ...(address === '' ? {} : { 'server.address': address }),
    ...(typeof endpoint.port === 'number' ? { 'server.port': endpoint.port } : {}),
  };
}
