import { expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { buildTree } from '../tree.ts';
import { waterfall } from '../waterfall.ts';
import { findErrors } from './error.ts';

const error = (message: string) => ({ status: { code: 'error' as const, message } });

function find(...[drawing, details]: Parameters<typeof draw>) {
  return findErrors(waterfall(buildTree(draw(drawing, details)).roots).map(({ node }) => node));
}

test('the cause is named, not the spans that passed it on', () => {
  const findings = find(
    `
    nginx/GET    ├──────────┤
      app/GET     ├────────┤
        app/query   ├──┤
    `,
    {
      'nginx/GET': { attributes: { 'http.response.status_code': 500 } },
      'app/GET': error(''),
      'app/query': error('no such table: icons'),
    },
  );
  expect(findings.map(({ message }) => message)).toEqual(['app: query: no such table: icons']);
});

test('the first cause comes first', () => {
  const findings = find(
    `
    app/GET       ├──────────────┤
      late              ├────┤
      early         ├┤
    `,
    { late: error('second'), early: error('first') },
  );
  expect(findings.map(({ message }) => message)).toEqual(['app: early: first', 'app: late: second']);
});

test('the same failure again and again is one finding', () => {
  const findings = find(
    `
    app/GET       ├──────────────┤
      redis         ├──┤
      redis            ├──┤
      disk                 ├┤
    `,
    { redis: error('timeout'), disk: error('full') },
  );
  expect(findings.map(({ message, ms, spanIds }) => [message, ms, spanIds.length])).toEqual([
    ['app: redis: timeout (2 times)', 6, 2],
    ['app: disk: full', 1, 1],
  ]);
});

test('an exception says more than the status', () => {
  const events = [
    { name: 'exception', time: 0, attributes: { 'exception.message': 'boom', 'exception.stacktrace': 'at …' } },
  ];
  const [finding] = find('app/GET ├──┤', { GET: { ...error('failed'), events } });
  expect(finding).toMatchObject({ message: 'app: GET: boom', next: expect.stringContaining('stack trace') });
});

test('a 404 is no failure of the server', () => {
  expect(find('app/GET ├──┤', { GET: { attributes: { 'http.response.status_code': 404 } } })).toEqual([]);
});

test("a 404 is the caller's mistake", () => {
  const [finding] = find('curl/GET ├──┤', {
    GET: { ...error(''), kind: 'client', attributes: { 'http.response.status_code': 404 } },
  });
  expect(finding).toMatchObject({
    severity: 'warning',
    message: 'curl: GET: answered 404',
    next: expect.stringContaining('check its address'),
  });
});
