import { expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { outgoingCalls } from '../outgoing.ts';
import { buildTree } from '../tree.ts';
import { waterfall } from '../waterfall.ts';
import { findRetries } from './retry.ts';

const call = (url: string, status: number) => ({
  kind: 'client' as const,
  status: { code: status >= 400 ? ('error' as const) : ('unset' as const), message: '' },
  attributes: { 'http.request.method': 'GET', 'url.full': url, 'http.response.status_code': status },
});

function find(statuses: readonly number[], url = (_: number) => 'http://api/price') {
  const names = statuses.map((_, index) => `try${index}`);
  const drawing = [
    'page    ├────────────────────────┤',
    ...names.map((name, index) => `  ${name} ${' '.repeat(1 + index * 5)}├──┤`),
  ].join('\n');
  const details = Object.fromEntries(statuses.map((status, index) => [`try${index}`, call(url(index), status)]));
  const { roots } = buildTree(draw(drawing, details));
  return findRetries(outgoingCalls(waterfall(roots).map(({ node }) => node)));
}

test('failed attempts with the pauses between them, until one succeeds', () => {
  expect(find([503, 429, 200])).toMatchObject([
    {
      rule: 'retry',
      severity: 'warning',
      ms: 10,
      message: 'app: 3 attempts at try0 for "page", which then succeeded; the first failed: answered 503',
      spanIds: expect.objectContaining({ length: 3 }),
    },
  ]);
});

test('attempts that all failed', () => {
  expect(find([500, 500])).toMatchObject([{ ms: 8, message: expect.stringContaining('in vain') }]);
});

test('several calls that were each tried again are one finding', () => {
  expect(find([503, 200, 503, 200])).toMatchObject([
    { ms: 10, message: expect.stringContaining('4 attempts at 2 calls of try0 for "page", which then succeeded') },
  ]);
});

test.each<[string, Parameters<typeof find>]>([
  ['nothing failed', [[200, 200, 200]]],
  ['a refusal, after which something else was asked for', [[404, 200]]],
  ['other addresses', [[503, 200], (index: number) => `http://api/price/${index}`]],
])('no finding: %s', (_, args) => {
  expect(find(...args)).toEqual([]);
});

test('one failure in a loop of queries is no attempt at the same thing', () => {
  const query = (failed: boolean) => ({
    kind: 'client' as const,
    status: { code: failed ? ('error' as const) : ('unset' as const), message: '' },
    attributes: { 'db.system.name': 'mysql', 'db.query.text': 'SELECT a FROM t WHERE id = ?' },
  });
  const drawing = `
    page   ├──────────────┤
      q1    ├──┤
      q2       ├──┤
      q3          ├──┤
  `;
  const { roots } = buildTree(draw(drawing, { q1: query(false), q2: query(true), q3: query(false) }));
  expect(findRetries(outgoingCalls(waterfall(roots).map(({ node }) => node)))).toEqual([]);
});
