import { expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { outgoingCalls } from '../outgoing.ts';
import { buildTree } from '../tree.ts';
import { waterfall } from '../waterfall.ts';
import { findSequentialCalls } from './sequential-calls.ts';

const client = { kind: 'client' as const };

function find(drawing: string, details: Parameters<typeof draw>[1] = { user: client, orders: client, prices: client }) {
  const { roots, main } = buildTree(draw(drawing, details));
  const total = main ? main.end - main.start : 0;
  return findSequentialCalls(outgoingCalls(waterfall(roots).map(({ node }) => node)), total);
}

test('different calls, each begun when the one before has ended', () => {
  const findings = find(`
    page       ├───────────────────────────┤
      user      ├───────┤
      orders            ├─────────┤
      prices                       ├───┤
  `);
  expect(findings).toMatchObject([
    {
      rule: 'sequential-calls',
      severity: 'info',
      ms: 12,
      message:
        'app: "page" makes 3 calls one after the other (user, orders, prices): 22.00 ms, where all at once would take 10.00 ms',
    },
  ]);
});

test.each([
  [
    'they run at once',
    `
    page       ├────────────────────────┤
      user      ├───────┤
      orders     ├─────────┤
    `,
  ],
  [
    'work lies between them, which may have needed the answer',
    `
    page       ├────────────────────────┤
      user      ├──────┤
      orders               ├────────┤
    `,
  ],
  [
    'there is little to be saved',
    `
    page       ├────────────────────────────────────────────────────────────────────────┤
      user      ├─────┤
      orders          ├──────┤
    `,
  ],
  [
    'it is the same call again: a loop',
    `
    page       ├────────────────────────────┤
      user      ├─────┤
      user            ├──────┤
      user                   ├──────┤
    `,
  ],
])('no finding: %s', (_, drawing) => {
  expect(find(drawing)).toEqual([]);
});

test('SQLite in the process cannot run at once', () => {
  const sqlite = { kind: 'client' as const, attributes: { 'db.system.name': 'sqlite' } };
  const drawing = `
    page       ├────────────────────────┤
      user      ├───────┤
      orders            ├─────────┤
  `;
  expect(find(drawing, { user: sqlite, orders: sqlite })).toEqual([]);
});
