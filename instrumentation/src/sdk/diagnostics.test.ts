import { expect, test } from 'vitest';
import { oneLineLogger } from './diagnostics.ts';

function logger() {
  const lines: string[] = [];
  const clock = { now: 0 };
  return {
    lines,
    clock,
    log: oneLineLogger(
      (line) => lines.push(line),
      () => clock.now,
    ),
  };
}

test('one line a complaint, whatever it carries', () => {
  const { lines, log } = logger();
  log.error('Error initializing', new Error('bad\n    at somewhere'));
  expect(lines).toEqual(['Error initializing bad']);
});

test('the same complaint at most once a minute, figures aside', () => {
  const { lines, clock, log } = logger();
  for (let i = 1; i <= 100; i++) log.warn(`Dropped ${i} spans`);
  clock.now = 59_999;
  log.warn('Dropped 101 spans');
  clock.now = 60_000;
  log.warn('Dropped 102 spans');
  expect(lines).toEqual(['Dropped 1 spans', 'Dropped 102 spans']);
});

test('a deliberate OTEL_TRACES_EXPORTER=none is no complaint', () => {
  const { lines, log } = logger();
  log.warn('OTEL_TRACES_EXPORTER contains "none". SDK will not be initialized.');
  expect(lines).toEqual([]);
});
