import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { islandToken } from './island-token.ts';
import { Islands } from './islands.ts';

const PAGE = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const JOINED = `00-${PAGE.traceId}-${PAGE.spanId}-01`;

let islands: Islands;
let url: string;
beforeEach(() => {
  vi.useFakeTimers();
  islands = new Islands();
  islands.key = 'key';
  url = `/_server-islands/Stock?e=1&p=&s=&onetrace=${islandToken(PAGE, 'key', Date.now())}`;
});
afterEach(() => vi.useRealTimers());

function headersOf(request: { url: string; headers?: IncomingHttpHeaders }): IncomingHttpHeaders {
  const { headers = {} } = request;
  islands.join({ url: request.url, headers });
  return headers;
}

test('a request for an island is joined to its page, and the next one for the same address is not', () => {
  expect(headersOf({ url })).toEqual({ traceparent: JOINED });
  expect(headersOf({ url })).toEqual({});
});

test('nor is one that comes late: the page was in a cache', () => {
  vi.advanceTimersByTime(60_000);
  expect(headersOf({ url })).toEqual({});
});

test('nor one that is in a trace already', () => {
  expect(headersOf({ url, headers: { traceparent: 'mine' } })).toEqual({ traceparent: 'mine' });
  expect(headersOf({ url })).toEqual({ traceparent: JOINED });
});

test('nor any, before the site has said its key', () => {
  islands.key = undefined;
  expect(headersOf({ url })).toEqual({});
});
