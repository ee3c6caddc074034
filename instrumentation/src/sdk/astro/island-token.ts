import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SpanContext } from '@opentelemetry/api';
import { api } from '../api.ts';

/** Whence a request for a server island comes. */
export interface IslandOrigin {
  token: string;
  /** Of the span that wrote the island's address into the page. */
  page: SpanContext;
  /** s since the epoch */
  writtenAt: number;
}

/** Of Astro's own address for islands, whatever the base. */
const ISLAND_PATH = '/_server-islands/';
const TOKEN =
  /[?&]onetrace=((?<text>(?<traceId>[\da-f]{32})-(?<spanId>[\da-f]{16})-(?<flags>[\da-f]{2})-(?<time>[\da-z]{1,10})-[\da-f]{8}(?<mark>[fp]?))-(?<signed>[\da-f]{32}))(?:&|$)/;
const MARKS: Record<string, string> = { f: 'force', p: 'profile' };

/**
 * Which span an island belongs to, for the address that the page asks the browser to fetch: a browser sends no traceparent of its own.
 * Signed, as Astro's own parameters are encrypted, so that nobody can put requests into other people's traces or have them kept.
 * Nothing in it needs escaping, in addresses, in HTML and in scripts.
 */
export function islandToken(span: SpanContext, key: string, nowMs: number): string {
  const flags = span.traceFlags.toString(16).padStart(2, '0');
  const mark = span.traceState?.get('onetrace');
  const letter = mark === 'force' || mark === 'profile' ? mark.slice(0, 1) : '';
  const time = Math.floor(nowMs / 1000).toString(36);
  // Two islands of one page are two.
  const text = `${span.traceId}-${span.spanId}-${flags}-${time}-${randomBytes(4).toString('hex')}${letter}`;
  return `${text}-${signature(text, key)}`;
}

/** `undefined` for every other address, and for a token that this site has not made. */
export function islandOrigin(url: string, key: string): IslandOrigin | undefined {
  if (!url.includes(ISLAND_PATH)) return undefined;
  const { text, traceId, spanId, flags, time, mark, signed } = TOKEN.exec(url)?.groups ?? {};
  if (!text || !traceId || !spanId || !flags || !time || !signed) return undefined;
  if (!timingSafeEqual(Buffer.from(signed), Buffer.from(signature(text, key)))) return undefined;
  const page: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  if (mark) page.traceState = api.createTraceState(`onetrace=${MARKS[mark]}`);
  return { token: text, page, writtenAt: Number.parseInt(time, 36) };
}

function signature(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}
