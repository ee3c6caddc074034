import { describe, expect, test } from 'vitest';
import type { ReportSpan } from '../../../../report/schema.ts';
import { ancestors, isLeaf, type Row, step, toRows, visibleRows } from './rows.ts';

/** A span a line, its depth as indentation; `*` behind a name: on the critical path. */
function rowsOf(drawing: string): Row[] {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  return toRows(
    lines.map((line) => {
      const name = line.replace('*', '').trim();
      const depth = (line.search(/\S/) - margin) / 2;
      return { id: name, name, depth, onCriticalPath: line.includes('*') } as ReportSpan;
    }),
  );
}

const names = (rows: readonly Row[]) => rows.map(({ span }) => span.name).join(' ');

const rows = rowsOf(`
  a *
    b
      c
      d *
    e *
  f
`);
const row = (name: string) => rows.find(({ span }) => span.name === name) as Row;

describe('the tree behind the rows', () => {
  test('parents, ends and places among siblings', () => {
    expect(rows.map(({ parent, end, position, siblings }) => [parent, end, position, siblings])).toEqual([
      [-1, 5, 1, 2],
      [0, 4, 1, 2],
      [1, 3, 1, 2],
      [1, 4, 2, 2],
      [0, 5, 2, 2],
      [-1, 6, 2, 2],
    ]);
    expect(rows.filter(isLeaf).map(({ span }) => span.name)).toEqual(['c', 'd', 'e', 'f']);
  });

  test('the rows above a row, nearest first', () => {
    expect(names(ancestors(rows, row('d')))).toBe('b a');
    expect(ancestors(rows, row('f'))).toEqual([]);
  });
});

describe('what is visible', () => {
  test.each([
    [[], false, 'a b c d e f'],
    [['b'], false, 'a b e f'],
    [['a'], false, 'a f'],
    [['a', 'b'], false, 'a f'],
    [['f'], false, 'a b c d e f'],
    [[], true, 'a d e'],
    [['b'], true, 'a e'],
  ])('collapsed %j, critical path only %s', (collapsed, criticalOnly, visible) => {
    expect(names(visibleRows(rows, new Set(collapsed), criticalOnly))).toBe(visible);
  });
});

test.each([
  ['b', 1, 'e'],
  ['e', 1, 'b'],
  ['b', -1, 'e'],
  ['c', 1, 'e'],
  ['c', -1, 'b'],
] as const)('from %s in direction %i the next match is %s', (from, direction, next) => {
  expect(step([row('b'), row('e')], row(from).index, direction)?.span.name).toBe(next);
});
