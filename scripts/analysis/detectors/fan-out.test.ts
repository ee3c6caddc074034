import { expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { outgoingCalls } from '../outgoing.ts';
import { buildTree } from '../tree.ts';
import { waterfall } from '../waterfall.ts';
import { findFanOut } from './fan-out.ts';

/** So many calls under one span, to as many different services or always to the same, each starting `step` ms after the other. */
function find(count: number, { different = true, step = 0 } = {}) {
  const names = Array.from({ length: count }, (_, index) => `call ${index}`);
  const drawing = [
    `page       ├${'─'.repeat(count * step + 10)}┤`,
    ...names.map((name, index) => `  ${name.padEnd(9)} ${' '.repeat(index * step)}├───┤`),
  ].join('\n');
  const details = Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        kind: 'client' as const,
        attributes: {
          'peer.service': different ? `shard-${index}` : 'shard',
          'http.request.method': 'GET',
          'url.full': 'http://x/',
        },
      },
    ]),
  );
  const { roots } = buildTree(draw(drawing, details));
  return findFanOut(outgoingCalls(waterfall(roots).map(({ node }) => node)));
}

test('many at once', () => {
  expect(find(25)).toMatchObject([
    {
      rule: 'fan-out',
      severity: 'info',
      message: 'app: "page" makes 25 calls, up to 25 at once; the slowest, call 0, took 4.00 ms',
      ms: 4,
    },
  ]);
});

test('many in all', () => {
  expect(find(100, { step: 5 })).toMatchObject([{ message: expect.stringContaining('100 calls, up to 1 at once') }]);
});

test('a few are none, and the same one again and again is a loop', () => {
  expect([...find(19), ...find(50, { step: 5 }), ...find(100, { different: false })]).toEqual([]);
});
