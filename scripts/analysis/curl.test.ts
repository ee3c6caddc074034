import { expect, test } from 'vitest';
import type { CurlTimes } from '../model/request.ts';
import { curlPhases } from './curl.ts';

/** name look-up, connect, TLS, pretransfer, first byte, total */
type Totals = [number, number, number, number, number, number];

test.each<[string, Totals, string]>([
  ['http', [1, 3, 0, 4, 20, 22], 'dns 0–1, connect 1–3, prepare 3–4, wait 4–20, transfer 20–22'],
  ['https', [1, 3, 9, 10, 20, 22], 'dns 0–1, connect 1–3, tls 3–9, prepare 9–10, wait 10–20, transfer 20–22'],
  ['an empty answer', [1, 3, 0, 3, 20, 20], 'dns 0–1, connect 1–3, wait 3–20'],
  ['the name was never found', [0, 0, 0, 0, 0, 50], 'dns 0–50'],
  ['the connection was refused', [1, 0, 0, 0, 0, 50], 'dns 0–1, connect 1–50'],
  ['the handshake failed', [1, 3, 0, 0, 0, 50], 'dns 0–1, connect 1–3, tls 3–50'],
  ['the answer never came', [1, 3, 0, 4, 0, 50], 'dns 0–1, connect 1–3, prepare 3–4, wait 4–50'],
  ['nothing is known', [0, 0, 0, 0, 0, 0], ''],
])('%s', (_, [namelookup, connect, appconnect, pretransfer, starttransfer, total], expected) => {
  const times: CurlTimes = { namelookup, connect, appconnect, pretransfer, starttransfer, total };
  expect(
    curlPhases(times)
      .map(({ step, start, end }) => `${step} ${start}–${end}`)
      .join(', '),
  ).toBe(expected);
});
