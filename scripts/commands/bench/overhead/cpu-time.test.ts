import { expect, test } from 'vitest';
import { cpuTime, parsePs, parseStat } from './cpu-time.ts';

test('ticks are found behind any program name', () => {
  expect(parseStat('7 (a) R (b)) S 1 7 7 0 -1 4194560 2 0 0 0 150 25 9 9 20 0 11 0 55 1 1')).toBe(175);
});

test.each([
  ['  0:01.25\n', 1250],
  ['12:00.00', 720_000],
  ['01:00:01', 3_601_000],
  ['2-00:00:01', 172_801_000],
])('ps says %j', (text, ms) => {
  expect(parsePs(text)).toBe(ms);
});

test('this process has used some', async () => {
  expect(await cpuTime(process.pid)).toBeGreaterThan(0);
});
