import { expect, test } from 'vitest';
import { newSpanId, newTraceId } from './id.ts';

test('ids are 16 hex digits, valid and different', () => {
  const ids = new Set(Array.from({ length: 10_000 }, newSpanId));
  expect(ids.size).toBe(10_000);
  for (const id of ids) expect(id).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
});

test('every digit is used at every place', () => {
  const ids = Array.from({ length: 10_000 }, newSpanId);
  for (let place = 0; place < 16; place++) expect(new Set(ids.map((id) => id[place])).size).toBe(16);
});

test('ids of traces are 32 hex digits, valid and different', () => {
  const ids = new Set(Array.from({ length: 10_000 }, newTraceId));
  expect(ids.size).toBe(10_000);
  for (const id of ids) expect(id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
});
