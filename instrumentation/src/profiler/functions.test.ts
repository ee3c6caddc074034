import { expect, test } from 'vitest';
import { describeFunction } from './functions.ts';

const describe = (name: string, script: string, line = 3) =>
  describeFunction({ name, script, line, column: 1 }, '/app/instrumentation/dist/', '/app/site');

test.each([
  ['optimise', '/app/site/src/icon/optimise.ts', 'optimise', 'src/icon/optimise.ts', 'app', undefined],
  ['optimise$2', '/app/site/dist/server/chunks/x.mjs', 'optimise', 'dist/server/chunks/x.mjs', 'app', undefined],
  ['shared', '/app/other/shared.ts', 'shared', '/app/other/shared.ts', 'app', undefined],
  ['optimize', '/app/node_modules/svgo/lib/svgo.js', 'optimize', 'node_modules/svgo/lib/svgo.js', 'library', 'svgo'],
  [
    'parse',
    '/app/node_modules/.pnpm/@a+b@1/node_modules/@a/b/x.js',
    'parse',
    'node_modules/@a/b/x.js',
    'library',
    '@a/b',
  ],
  ['onetrace_render', '/a/node_modules/astro/dist/r.js', 'render', 'node_modules/astro/dist/r.js', 'astro', undefined],
  [
    '',
    '/a/node_modules/@astrojs/node/x.js',
    '(anonymous) x.js:3',
    'node_modules/@astrojs/node/x.js',
    'astro',
    undefined,
  ],
  ['emit', 'node:events', 'emit', 'node:events', 'node', undefined],
  ['parse', '', 'parse', undefined, 'node', undefined],
  ['', 'wasm://wasm/001', '(anonymous) 001:3', 'wasm://wasm/001', 'node', undefined],
  ['', '/app/site/src/Card.astro', 'Card.astro', 'src/Card.astro', 'app', undefined],
  ['$$Card', '/app/site/src/Card.astro', 'Card.astro', 'src/Card.astro', 'app', undefined],
  ['helper', '/app/site/src/Card.astro', 'helper', 'src/Card.astro', 'app', undefined],
  [
    'with',
    '/app/instrumentation/dist/x.js',
    'with',
    '/app/instrumentation/dist/x.js',
    'library',
    '@onetrace/instrumentation',
  ],
])('%j of %s', (name, script, shown, file, origin, library) => {
  expect(describe(name, script)).toEqual({ name: shown, file, line: 3, origin, library });
});

test('the top level of a module has no line', () => {
  expect(describe('', '/app/site/src/x.ts', 0)).toMatchObject({ name: '(module) x.ts', line: undefined });
});
