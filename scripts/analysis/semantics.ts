import type { AttributeValue, Span } from '../model/trace.ts';

/**
 * What spans say by convention, whichever age of the conventions their instrumentation is of: the current name first, then those that
 * it had before 2023.
 */
const NAMES = {
  status: ['http.response.status_code', 'http.status_code'],
  method: ['http.request.method', 'http.method'],
  url: ['url.full', 'http.url', 'url.path', 'http.target'],
  statement: ['db.query.text', 'db.statement'],
  system: ['db.system.name', 'db.system', 'db.type'],
  operation: ['db.operation.name', 'db.operation'],
  rows: ['db.response.returned_rows', 'db.sqlite.returned_rows', 'db.rows_affected'],
  /** No convention has it yet; databases and their instrumentations call it so. */
  examined: ['db.response.examined_rows', 'db.rows_examined', 'db.mysql.rows_examined', 'db.mongodb.docs_examined'],
  database: ['db.namespace', 'db.name'],
  peer: ['peer.service', 'messaging.destination.name', 'messaging.destination'],
  address: ['server.address', 'net.peer.name', 'net.peer.ip'],
  port: ['server.port', 'net.peer.port'],
} as const;

export type Meaning = keyof typeof NAMES;

/** All that is read here; a span of a report has it, too. */
type Told = Pick<Span, 'attributes'>;

export function told(span: Told, meaning: Meaning): AttributeValue | undefined {
  for (const name of NAMES[meaning]) {
    const value = span.attributes[name];
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

export function toldText(span: Told, meaning: Meaning): string | null {
  const value = told(span, meaning);
  return typeof value === 'string' ? value : null;
}

/** Zipkin knows texts only, so numbers may come as such. */
export function toldNumber(span: Told, meaning: Meaning): number | null {
  const value = told(span, meaning);
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** The name of what was called, as far as the caller knows it: the database's product, the service, or the address. */
export function peerOf(span: Span): string | null {
  const named = toldText(span, 'system') ?? toldText(span, 'peer');
  const address = toldText(span, 'address');
  if (named !== null || address === null) return named;
  const port = toldNumber(span, 'port');
  return port === null ? address : `${address}:${port}`;
}

/** An explanation of a span's own time from samples (`onetrace.inferred`), not something that the program did one after the other. */
export function isInferred(span: Span): boolean {
  return span.kind === 'internal' && span.attributes['onetrace.inferred'] === true;
}

/** A query (SQLite's too, although nothing leaves the process), a request, a message. */
export type CallKind = 'query' | 'request' | 'message';

/** What a recorded span asks of somebody else; null: nothing. */
export function callKindOf(span: Span): CallKind | null {
  if (span.kind === 'server' || span.kind === 'consumer') return null;
  if (span.kind === 'producer') return 'message';
  if (told(span, 'system') !== undefined || told(span, 'statement') !== undefined) return 'query';
  return span.kind === 'client' ? 'request' : null;
}
