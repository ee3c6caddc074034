import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace, oneThread } from '../../test/traces/arbitrary.ts';
import { draw } from '../../test/traces/draw.ts';
import { NS_PER_MS } from '../model/units.ts';
import { covered } from './coverage.ts';
import { findGaps, selfTime } from './gaps.ts';
import { buildTree } from './tree.ts';
import { waterfall } from './waterfall.ts';

const cases: [name: string, drawing: string, gaps: string[]][] = [
  [
    'children that overlap one another and overflow the span',
    `
      span      ├────────────────────────┤
       a     ├────┤
       b              ├─────┤
       c                 ├─────┤
    `,
    ['2 to 6 between a and b', '15 to 25 after c'],
  ],
  [
    'a child inside the time of another opens no gap',
    `
      span   ├──────────┤
       a     ├───────┤
       b       ├──┤
    `,
    ['8 to 11 after a'],
  ],
  [
    'children that touch leave no gap',
    `
      span   ├──────────┤
       a     ├──────┤
       b            ├───┤
    `,
    [],
  ],
  [
    'a child outside of the span covers nothing of it',
    `
      span   ├──────────┤
       a                   ├──┤
    `,
    ['0 to 11 alone'],
  ],
  [
    'a child without a length is a neighbour',
    `
      span   ├──────────┤
       a        |
    `,
    ['0 to 3 before a', '3 to 11 after a'],
  ],
  ['a span without children has no gaps: all of it is its own', 'span ├──────────┤', []],
];

test.each(cases)('%s', (_, drawing, expected) => {
  const { main } = buildTree(draw(drawing));
  if (!main) throw new Error('expected a root in the drawing');
  const gaps = findGaps(main, 1).map(({ start, end, before, after }) => {
    const between = before && after ? `between ${before.span.name} and ${after.span.name}` : null;
    const side = before ? `after ${before.span.name}` : after ? `before ${after.span.name}` : 'alone';
    return `${(start - main.start) / NS_PER_MS} to ${(end - main.start) / NS_PER_MS} ${between ?? side}`;
  });
  expect(gaps).toEqual(expected);
});

test('gaps shorter than asked for are left out', () => {
  const { main } = buildTree(
    draw(`
      span   ├──────────┤
       a       ├─────┤
    `),
  );
  expect(main && findGaps(main, 3 * NS_PER_MS)).toHaveLength(1);
});

test('what nobody waited for, and samples, leave the time to the span', () => {
  const drawing = `
    span    ├────────────┤
     sample  ├──┤
     queued     ├──────┤
     call           ├──┤
  `;
  const link = { traceId: '', spanId: 'a1'.padStart(16, '0'), traceState: '' };
  const { main } = buildTree(
    draw(drawing, {
      sample: { attributes: { 'onetrace.inferred': true } },
      queued: { links: [{ ...link, attributes: { 'opentracing.ref_type': 'follows_from' } }] },
    }),
  );
  if (!main) throw new Error('expected a root in the drawing');
  expect(selfTime(main)).toBe(10 * NS_PER_MS);
  expect(findGaps(main, 1).map(({ start, end }) => [start / NS_PER_MS, end / NS_PER_MS])).toEqual([
    [0, 8],
    [11, 13],
  ]);
});

test('self time lies between nothing and the duration', () => {
  fc.assert(
    fc.property(anyTrace(), (trace) => {
      for (const { node } of waterfall(buildTree(trace).roots)) {
        expect(selfTime(node)).toBeGreaterThanOrEqual(0);
        expect(selfTime(node)).toBeLessThanOrEqual(node.end - node.start);
      }
    }),
  );
});

test('self time and the time that children cover make up the duration', () => {
  fc.assert(
    fc.property(anyTrace(), (trace) => {
      for (const { node } of waterfall(buildTree(trace).roots)) {
        const inside = node.children
          .filter(({ start, end }) => start < node.end && end > node.start)
          .map((child) => ({ ...child, start: Math.max(child.start, node.start), end: Math.min(child.end, node.end) }));
        expect(selfTime(node) + covered(inside)).toBe(node.end - node.start);
      }
    }),
  );
});

test('self times of one thread add up to its root', () => {
  fc.assert(
    fc.property(oneThread(), (trace) => {
      const { main, roots } = buildTree(trace);
      const sum = waterfall(roots).reduce((total, { node }) => total + selfTime(node), 0);
      expect(sum).toBe((main?.end ?? 0) - (main?.start ?? 0));
    }),
  );
});

test('self times of spans that wait for one another add up to the root', () => {
  const { roots } = buildTree(
    draw(`
      r     ├────────────────┤
       a     ├──────────────┤
        b      ├────┤
         c      ├─┤
        d            ├────┤
    `),
  );
  expect(waterfall(roots).reduce((sum, { node }) => sum + selfTime(node), 0)).toBe(17 * NS_PER_MS);
});
