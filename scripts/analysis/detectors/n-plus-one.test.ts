import { describe, expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { outgoingCalls } from '../outgoing.ts';
import { buildTree } from '../tree.ts';
import { waterfall } from '../waterfall.ts';
import { findNPlusOne } from './n-plus-one.ts';

const query = (statement: string, more = {}) => ({
  kind: 'client' as const,
  attributes: { 'db.system.name': 'postgresql', 'db.query.text': statement, ...more },
});

function find(drawing: string, details: Parameters<typeof draw>[1], total = 1e9) {
  const { roots } = buildTree(draw(drawing, details));
  return findNPlusOne(outgoingCalls(waterfall(roots).map(({ node }) => node)), total);
}

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index));
const at = (column: number) => ' '.repeat(column);

test('the same statement five times, interleaved with connects: counted, summed, and what one would take', () => {
  const drawing = `
    page       ├────────────────────────────┤
      connect   ├┤
      q1          ├─┤
      connect       ├┤
      q2             ├─┤
      q3               ├──┤
      q4                   ├─┤
      other                  ├─┤
      q5                       ├──┤
    `;
  const queries = lines(5, (index) => `q${index + 1}`);
  const details = Object.fromEntries(
    queries.map((name, index) => [name, query(`SELECT * FROM items WHERE order_id = ${index}`)]),
  );
  const findings = find(drawing, { ...details, connect: query(''), other: query('SELECT 1 FROM users') }, 30e6);
  expect(findings).toMatchObject([
    {
      rule: 'n-plus-one',
      severity: 'warning',
      message: 'app: 5 × q1 for "page", one after the other: 12.00 ms, where a single one takes 3.00 ms',
      ms: 9,
      next: expect.stringContaining('WHERE … IN'),
    },
  ]);
  expect(findings[0]?.spanIds).toHaveLength(5);
});

test('at once: the time that passes counts, not its sum', () => {
  const drawing = ['page         ├─────────┤', ...lines(6, () => '  GET item    ├────┤')].join('\n');
  const get = {
    kind: 'client' as const,
    attributes: { 'http.request.method': 'GET', 'url.full': 'http://api/items/17' },
  };
  expect(find(drawing, { 'GET item': get })).toMatchObject([
    {
      ms: 0,
      severity: 'info',
      message: expect.stringContaining('up to 6 at once: 5.00 ms'),
      next: expect.stringContaining('endpoint'),
    },
  ]);
});

test('each turn of the loop in a span of its own', () => {
  const drawing = [
    `page           ├${'─'.repeat(30)}┤`,
    ...lines(6, (index) => `  Card         ${at(1 + index * 4)}├──┤\n    SELECT     ${at(2 + index * 4)}├┤`),
  ].join('\n');
  expect(find(drawing, { SELECT: query('SELECT a FROM t WHERE id = $1') })).toMatchObject([
    { message: expect.stringContaining('6 × SELECT for "page"') },
  ]);
});

test('what each of several requests asks for once is no loop in any of them; the requests are', () => {
  const drawing = [
    `page             ├${'─'.repeat(30)}┤`,
    ...lines(6, (index) =>
      [
        `  GET item       ${at(1 + index * 4)}├──┤`,
        `    api/GET      ${at(1 + index * 4)}├──┤`,
        `      api/SELECT ${at(2 + index * 4)}├┤`,
      ].join('\n'),
    ),
  ].join('\n');
  const findings = find(drawing, {
    'GET item': { kind: 'client' },
    'api/GET': { kind: 'server' },
    'api/SELECT': query('SELECT 1'),
  });
  expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining('6 × GET item')]);
});

describe('no loop', () => {
  const repeat = (name: string, count: number) =>
    [
      'page         ├────────────────────────────┤',
      ...lines(count, (index) => `  ${name.padEnd(10)} ${at(1 + index * 2)}├┤`),
    ].join('\n');

  test('four times', () => {
    expect(find(repeat('SELECT', 4), { SELECT: query('SELECT 1') })).toEqual([]);
  });

  test.each([
    ['the next rows of a cursor', 'FETCH', query('FETCH 100 FROM c1')],
    ['the next batch of MongoDB', 'getMore', query('', { 'db.operation.name': 'getMore' })],
    ['a cursor of the driver', 'pg.cursor', query('SELECT * FROM big')],
    ['transactions', 'COMMIT', query('COMMIT')],
  ])('%s', (_, name, details) => {
    expect(find(repeat(name, 10), { [name]: details })).toEqual([]);
  });

  test('different statements', () => {
    const details = Object.fromEntries(
      lines(6, (index) => `q${index}`).map((name) => [name, query(`SELECT a FROM ${name}`)]),
    );
    const drawing = ['page    ├──────────────────┤', ...lines(6, (index) => `  q${index}    ${at(index * 2)}├┤`)].join(
      '\n',
    );
    expect(find(drawing, details)).toEqual([]);
  });

  test('an ORM and its driver are one call', () => {
    const pair = (index: number) => `  prisma      ${at(1 + index * 5)}├───┤\n    pg.query  ${at(2 + index * 5)}├─┤`;
    const drawing = [`page          ├${'─'.repeat(22)}┤`, ...lines(4, pair)].join('\n');
    expect(find(drawing, { prisma: query('SELECT 1'), 'pg.query': query('SELECT 1') })).toEqual([]);
  });
});
