import { expect, test } from 'vitest';
import { firstUserTrace } from '../../../test/traces/first-user.ts';
import { buildTree } from '../tree.ts';
import { waterfall } from '../waterfall.ts';
import { findUntracedApps } from './app-not-traced.ts';

function find(services: string[]) {
  const trace = firstUserTrace();
  const spans = trace.spans.filter(({ service }) => services.includes(service));
  return findUntracedApps(waterfall(buildTree({ ...trace, spans }).roots).map(({ node }) => node));
}

test('nginx asked an app that sent no span', () => {
  expect(find(['curl', 'nginx'])).toEqual([
    expect.objectContaining({ message: expect.stringContaining('127.0.0.1:4321'), ms: 35 }),
  ]);
});

test('the app is there', () => {
  expect(find(['curl', 'nginx', 'astro-ssr'])).toEqual([]);
});
