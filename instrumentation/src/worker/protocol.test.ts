import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import {
  ANSWER,
  ASK,
  createKey,
  inheritedKey,
  isEnvelope,
  kindOf,
  OWN_RUN,
  PORTS,
  PROFILE,
  partnerOf,
} from './protocol.ts';

const CARRIER = `${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

afterEach(() => {
  for (const name of ['onetrace.worker', 'onetrace.worker.2']) setEnvironmentData(name, undefined as never);
});

test('a worker inherits the key, which nobody can foresee', () => {
  const keys = Array.from({ length: 64 }, () => {
    const key = createKey();
    expect(inheritedKey()).toBe(key);
    return key;
  });
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.every((key) => Number.isSafeInteger(key) && key >= 0)).toBe(true);
  // All 53 bits are drawn: that one of them is the same in 64 keys happens once in 10^17 runs.
  for (let bit = 0n; bit < 53n; bit++) expect(new Set(keys.map((key) => (BigInt(key) >> bit) & 1n)).size).toBe(2);
  expect(structuredClone(keys)).toEqual(keys);
});

test('a thread does not understand the envelopes of another version of this package', () => {
  expect(inheritedKey()).toBeUndefined();
  setEnvironmentData('onetrace.worker', 'onetrace:0af76519-16cd-43dd-8448-eb211c80319c');
  expect(inheritedKey()).toBeUndefined();
  createKey();
  expect(getEnvironmentData('onetrace.worker')).toMatch(/^onetrace:/);
});

test('what an app, or a client of its, sends is no envelope', () => {
  const key = createKey();
  expect(isEnvelope([key, ASK, 'value', CARRIER], key)).toBe(true);
  const others: unknown[] = [
    [key + 1, ASK, 'value', CARRIER],
    [String(key), ASK, 'value', CARRIER],
    [key],
    [key, ASK, 'value'],
    [undefined, ASK, 'value', CARRIER],
    ['onetrace', ASK, 'value', CARRIER],
    { 0: key, 1: ASK, 2: 'value', 3: CARRIER, length: 4 },
    new Float64Array([key, ASK, 0, 0]),
    key,
    undefined,
    null,
  ];
  for (const other of others) expect(isEnvelope(other, key)).toBe(false);
});

test('the bits of an envelope leave its kind as it is', () => {
  expect(kindOf([0, ASK | PROFILE | PORTS, 'value', CARRIER])).toBe(ASK);
  expect(kindOf([0, ANSWER | OWN_RUN, 'value', CARRIER])).toBe(ANSWER);
});

test.each(['0000000000000001', '7fffffffffffffff', '8000000000000000', 'b7ad6b7169203331', 'f00067aa0ba902b7'])(
  'the task and the run of %s are two, and know each other',
  (id) => {
    const partner = partnerOf(id);
    expect(partner).toMatch(/^[0-9a-f]{16}$/);
    expect(partner).not.toBe(id);
    expect(partnerOf(partner)).toBe(id);
  },
);
