import { createTraceState } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { islandOrigin, islandToken } from './island-token.ts';

const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const at = (token: string) => `/shop/_server-islands/Stock/?e=1&p=2&s=&onetrace=${token}`;

test('an address says which span it was written in, and when', () => {
  const token = islandToken(span, 'key', 1_700_000_000_900);
  expect(token).toMatch(/^[\da-z-]+$/);
  expect(islandOrigin(at(token), 'key')).toMatchObject({ page: { ...span, isRemote: true }, writtenAt: 1_700_000_000 });
});

test('a page that is to be kept has islands that are to be kept', () => {
  const traceState = createTraceState('other=1,onetrace=force');
  const token = islandToken({ ...span, traceState }, 'key', 0);
  expect(islandOrigin(at(token), 'key')?.page.traceState?.serialize()).toBe('onetrace=force');
});

test('each island has a token of its own', () => {
  expect(islandToken(span, 'key', 0)).not.toBe(islandToken(span, 'key', 0));
});

test('nothing is believed that was changed, was signed by another site, or is no address of an island', () => {
  const token = islandToken(span, 'key', 0);
  expect(islandOrigin(at(token), 'other key')).toBeUndefined();
  expect(islandOrigin(at(token.replace('a', 'c')), 'key')).toBeUndefined();
  expect(islandOrigin(at(`${token}0`), 'key')).toBeUndefined();
  expect(islandOrigin(`/search?onetrace=${token}`, 'key')).toBeUndefined();
  expect(islandOrigin(at('nothing'), 'key')).toBeUndefined();
});
