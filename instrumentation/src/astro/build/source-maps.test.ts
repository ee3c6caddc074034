import { expect, test } from 'vitest';
import { sourceMapsPlugin } from './source-maps.ts';

const WANTED = { build: { sourcemap: true } };

test('what runs on the server gets source maps, what browsers load does not', () => {
  const plugin = sourceMapsPlugin(false);
  expect(plugin.configEnvironment('ssr')).toEqual(WANTED);
  expect(plugin.configEnvironment('client')).toBeUndefined();
  expect(plugin.configEnvironment('prerender')).toBeUndefined();
});

test('Astro 5 builds the server on its own', () => {
  const plugin = sourceMapsPlugin(false);
  expect(plugin.config({}, { isSsrBuild: true })).toEqual(WANTED);
  expect(plugin.config({}, {})).toBeUndefined();
});

test('the site has the last word', () => {
  const plugin = sourceMapsPlugin(true);
  expect(plugin.configEnvironment('ssr')).toBeUndefined();
  expect(plugin.config({}, { isSsrBuild: true })).toBeUndefined();
});
