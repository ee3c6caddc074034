import { expect, test } from 'vitest';
import { Outage } from './outage.ts';

function outage() {
  const lines: string[] = [];
  const clock = { now: 0 };
  return {
    lines,
    clock,
    outage: new Outage(
      (line) => lines.push(line),
      () => clock.now,
      'http://c:4317',
    ),
  };
}

test('one line when spans stop arriving, one when they arrive again', () => {
  const { lines, clock, outage: it } = outage();
  it.succeeded();
  for (let i = 0; i < 50; i++) it.failed(new Error('14 UNAVAILABLE: no connection\ndetails'));
  clock.now = 32_000;
  it.succeeded();
  it.succeeded();
  expect(lines).toEqual([
    'spans do not reach http://c:4317 (14 UNAVAILABLE: no connection); they are dropped meanwhile, the app goes on',
    'spans reach http://c:4317 again, after 32 s',
  ]);
});

test('a Collector that comes and goes is mentioned once a minute', () => {
  const { lines, clock, outage: it } = outage();
  for (clock.now = 0; clock.now < 60_000; clock.now += 1000) {
    it.failed(new Error('down'));
    it.succeeded();
  }
  expect(lines).toHaveLength(2);
  it.failed(new Error('down'));
  expect(lines).toHaveLength(3);
});
