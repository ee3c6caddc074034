import { expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { covered, mostAtOnce } from './coverage.ts';
import { buildTree } from './tree.ts';

test.each([
  [
    'one after the other, touching',
    `
    r   ├──────────┤
     a  ├───┤
     b      ├──┤
    `,
    7,
    1,
  ],
  [
    'overlapping, one within another',
    `
    r   ├──────────┤
     a  ├───────┤
     b    ├──┤
     c       ├─────┤
    `,
    11,
    2,
  ],
  [
    'all at once',
    `
    r   ├──────────┤
     a   ├───────┤
     b    ├────────┤
     c     ├─┤
    `,
    10,
    3,
  ],
  [
    'without a length',
    `
    r   ├──────────┤
     a      |
     b      |
    `,
    0,
    1,
  ],
])('%s', (_, drawing, ms, together) => {
  const children = buildTree(draw(drawing)).main?.children ?? [];
  expect([covered(children) / 1e6, mostAtOnce(children)]).toEqual([ms, together]);
});
