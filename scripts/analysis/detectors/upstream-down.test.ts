import { expect, test } from 'vitest';
import { firstUserTrace } from '../../../test/traces/first-user.ts';
import { buildTree } from '../tree.ts';
import { waterfall } from '../waterfall.ts';
import { findUntracedApps } from './app-not-traced.ts';
import { findUpstreamsDown } from './upstream-down.ts';

function nodes(headerTime: string) {
  const trace = firstUserTrace();
  const spans = trace.spans
    .filter(({ service }) => service !== 'astro-ssr')
    .map((span) =>
      span.service === 'nginx'
        ? { ...span, attributes: { ...span.attributes, 'nginx.upstream_header_time': headerTime } }
        : span,
    );
  return waterfall(buildTree({ ...trace, spans }).roots).map(({ node }) => node);
}

test('an upstream that sent no headers is down, not untraced', () => {
  expect(findUpstreamsDown(nodes('-'))).toMatchObject([
    {
      rule: 'upstream-down',
      message: 'nginx got no answer from 127.0.0.1:4321',
      next: expect.stringContaining('S=app'),
    },
  ]);
  expect(findUntracedApps(nodes('-'))).toEqual([]);
});

test('the second of two attempts was answered', () => {
  expect(findUpstreamsDown(nodes('-, 0.012'))).toEqual([]);
});
