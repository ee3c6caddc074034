import { expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { buildTree } from '../tree.ts';
import { findSlowConnect } from './slow-connect.ts';

/** Running totals in ms: name look-up, connection, all. */
function find(namelookup: number, connect: number, total: number): string[] {
  const times = { namelookup, connect, pretransfer: connect, starttransfer: total, total };
  const attributes = Object.fromEntries(Object.entries(times).map(([step, ms]) => [`onetrace.curl.${step}_ms`, ms]));
  const { main } = buildTree(draw('curl/GET ├──┤', { GET: { attributes } }));
  return main ? findSlowConnect(main).map(({ message }) => message) : [];
}

test('a slow name look-up', () => {
  expect(find(60, 61, 100)).toEqual(['looking up the name took 60 of 100 ms, before the request was sent']);
});

test('a slow connection', () => {
  expect(find(1, 61, 100)).toEqual(['the TCP connection took 60 of 100 ms, before the request was sent']);
});

test('neither a small share nor a few milliseconds are worth a finding', () => {
  expect([...find(60, 61, 1000), ...find(8, 9, 10)]).toEqual([]);
});
