import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseBudgets } from './budgets.ts';

const problem = (text: string) => {
  const read = parseBudgets(text);
  return 'problem' in read ? read.problem : null;
};

test('a list of single limits, with where they stand', () => {
  const file = `
percentile: 90
routes:
  GET /icons/*:
    total: 50
    unknown: 30 %
    spans:
      SELECT *: 5
      render: { sum: 20, count: 3 }
    findings: { error: 0 }
    percentile: 50
  "*":
    findings:
      n-plus-one: { ms: 10 }
`;
  const icons = { route: 'GET /icons/*', percentile: 50 };
  expect(parseBudgets(file)).toEqual({
    budgets: [
      { ...icons, subject: 'total', name: null, measure: 'ms', limit: 50, line: 5 },
      { ...icons, subject: 'unknown', name: null, measure: 'share', limit: 0.3, line: 6 },
      { ...icons, subject: 'span', name: 'SELECT *', measure: 'longest', limit: 5, line: 8 },
      { ...icons, subject: 'span', name: 'render', measure: 'sum', limit: 20, line: 9 },
      { ...icons, subject: 'span', name: 'render', measure: 'count', limit: 3, line: 9 },
      { ...icons, subject: 'finding', name: 'error', measure: 'count', limit: 0, line: 10 },
      { route: '*', percentile: 90, subject: 'finding', name: 'n-plus-one', measure: 'ms', limit: 10, line: 14 },
    ],
  });
});

test('the example of all there is', () => {
  const read = parseBudgets(readFileSync(new URL('../../examples/budgets.yaml', import.meta.url), 'utf8'));
  expect('budgets' in read && new Set(read.budgets.map(({ subject }) => subject))).toEqual(
    new Set(['total', 'unknown', 'span', 'finding']),
  );
});

test('the 95th percentile, unless the file says otherwise', () => {
  expect(parseBudgets('routes: { "*": { total: 1 } }')).toMatchObject({ budgets: [{ percentile: 95 }] });
});

describe('what cannot be used: line, what is allowed, what was found', () => {
  const route = (lines: string) => `routes:\n  /a:\n    ${lines.replaceAll('\n', '\n    ')}`;

  test.each([
    ['a key at the top', 'route: {}\nroutes: { "*": { total: 1 } }', 1, 'one of percentile, routes', '"route"'],
    ['a key of a route', route('unknown: 0.3\ntotl: 5'), 4, /^one of total, unknown, spans, findings/, '"totl"'],
    ['a key of a span', route('spans:\n  b: { longst: 4 }'), 4, 'one of longest, sum, count', '"longst"'],
    [
      'a text in a map',
      route('spans:\n  b:\n    longest: x'),
      5,
      /› b › longest to be milliseconds, 0 or more$/,
      '"x"',
    ],
    ['a finding', route('findings:\n  errr: 0'), 4, /^one of app-not-traced, error, /, '"errr"'],
    ['a key of a finding', route('findings:\n  error:\n    cont: 0'), 5, 'one of count, ms', '"cont"'],
    ['a text for a number', route('total: fast'), 3, 'routes › /a › total to be milliseconds, 0 or more', '"fast"'],
    ['a negative number', route('findings: { error: -1 }'), 3, /to be a whole number, 0 or more$/, '"-1"'],
    ['a share beyond all', route('unknown: 130'), 3, /to be a share such as 0\.3 or "30 %"$/, '"130"'],
    ['a percentile', `percentile: 0\n${route('total: 1')}`, 1, /to be a percentile from 1 to 100$/, '"0"'],
    ['a key twice', route('total: 1\ntotal: 2'), 4, 'YAML', 'Map keys must be unique'],
    ['no YAML', 'routes: [', 1, 'YAML', /Flow sequence/],
    ['a list', '[1]', 1, 'the file to be a map with percentile, routes', 'a list'],
    ['nothing', '', 1, 'routes to be a map of routes', 'nothing'],
    ['no limits', route('percentile: 50'), 1, 'at least one route with a limit', 'none'],
  ])('%s', (_, text, line, expected, got) => {
    const found = problem(text);
    expect(found).toMatchObject({ line });
    expect(found?.expected).toMatch(expected);
    expect(found?.got).toMatch(got);
  });

  test('aliases of aliases that would fill the memory', () => {
    const letters = 'abcdefghi'.split('');
    const lists = letters.slice(1).map((key, index) => {
      const before = `*${letters[index]}`;
      return `${key}: &${key} [${Array.from({ length: 9 }, () => before).join(', ')}]`;
    });
    expect(problem(['a: &a [x]', ...lists].join('\n'))?.got).toContain('alias');
  });
});
