import { expect, test } from 'vitest';
import { readSize } from './size.ts';

const size = (n: string, c?: string) => readSize('make trace URL=…', n, c);

test('how many, and how many at a time', () => {
  expect([size('50'), size('1', ''), size('1000', '64'), size('4', '4')]).toEqual([
    { sent: 50, concurrency: 1 },
    { sent: 1, concurrency: 1 },
    { sent: 1000, concurrency: 64 },
    { sent: 4, concurrency: 4 },
  ]);
});

test.each([
  ['0', undefined, 'N to be a whole number of requests from 1 to 1000, got "0"'],
  ['-1', undefined, 'got "-1"'],
  ['1.5', undefined, 'got "1.5"'],
  ['ten', undefined, 'got "ten"'],
  ['1e3', undefined, 'got "1e3"'],
  ['1000000000', undefined, 'got "1000000000"'],
  ['50', '0', 'C to be a whole number of requests at a time from 1 to 50, got "0"'],
  ['50', '51', 'from 1 to 50, got "51". Next: make trace URL=… N=50 C=4'],
  ['1000', '65', 'from 1 to 64, got "65"'],
])('%s requests, %s at a time, mean nothing', (n, c, word) => {
  expect(() => size(n, c)).toThrow(word);
});
