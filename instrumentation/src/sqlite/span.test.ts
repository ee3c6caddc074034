import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defaultResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { beforeEach, expect, test } from 'vitest';
import { trace } from '../spans/otel.ts';
import { finishedSpansGoTo } from '../spans/sink.ts';
import { failed, ran } from './span.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const spans: ReadableSpan[] = [];
const parent = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });

beforeEach(() => {
  spans.length = 0;
  finishedSpansGoTo({ resource: defaultResource(), onEnd: (span) => spans.push(span) });
});

test.each([null, undefined, 'a text', 7])('a function of the app may throw %s', (thrown) => {
  failed(parent, 'SELECT mine()', 0, thrown);
  expect(spans[0]?.attributes).toMatchObject({ 'error.type': 'error', 'db.query.text': 'SELECT mine()' });
});

test('a statement that failed shows no text in double quotes, and is named after its table all the same', () => {
  failed(parent, 'SELECT a FROM "icon set" WHERE name = "alice"', 0, { code: 'ERR_SQLITE_ERROR' });
  expect(spans[0]?.name).toBe('SELECT icon set');
  expect(spans[0]?.attributes['db.query.text']).toBe('SELECT a FROM ? WHERE name = ?');
});

test.each<[string, (sql: string) => void]>([
  ['ran', (sql) => ran(parent, sql, 0, -1)],
  ['failed', (sql) => failed(parent, sql, 0, { code: 'ERR_SQLITE_ERROR' })],
])('of one-off texts that %s only the beginning is remembered', (_, happened) => {
  finishedSpansGoTo({ resource: defaultResource(), onEnd: () => {} });
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 100; i++) happened(Buffer.alloc(1_000_000, `INSERT INTO t VALUES (${i}) `).toString('latin1'));
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
});
