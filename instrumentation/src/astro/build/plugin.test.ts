import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { seamsPlugin } from './plugin.ts';

const ASTRO = dirname(createRequire(import.meta.url).resolve('astro/package.json'));
const PAGE = join(ASTRO, 'dist/runtime/server/render/page.js');
const STREAMING = join(ASTRO, 'dist/runtime/server/render/streaming.js');

test('a module with a place in it gets the import and a source map', async () => {
  const { plugin } = built();
  const result = plugin.transform(await readFile(PAGE, 'utf8'), PAGE);
  expect(result?.code).toMatch(/^import \{ page as onetrace_seam_page \} from ".*\/runtime\/seams\.\w+";/);
  expect(result?.code).toContain('async function onetrace_renderPage(');
  expect(result?.map).toHaveProperty('mappings');
});

test('other modules stay as they are', () => {
  const { plugin } = built();
  expect(plugin.transform('function renderPage() {}', '/site/src/renderPage.js')).toBeUndefined();
  expect(plugin.transform('export {}', join(ASTRO, 'dist/core/path.js'))).toBeUndefined();
});

test('a place that has moved is said by name when the build ends, once, and the module is left alone', () => {
  const { plugin, lines } = built();
  expect(plugin.transform('function renderThePage() {}', PAGE)).toBeUndefined();
  plugin.buildEnd();
  plugin.buildEnd();
  const about = lines.filter((line) => line.startsWith('astro.page.render:'));
  expect(about).toEqual([
    'astro.page.render: this version of Astro has it elsewhere, there will be no such span (looked in astro/dist/runtime/server/render/page.js)',
  ]);
});

test('a loop that is written differently is not followed by halves', async () => {
  const { plugin, lines } = built();
  const code = (await readFile(STREAMING, 'utf8')).replace('node.evaluate()', 'node.evaluated()');
  expect(plugin.transform(code, STREAMING)).toBeUndefined();
  plugin.buildEnd();
  expect(lines.join()).toContain('astro.component (stream)');
});

test.each([
  [
    'the walk follows, where there is one',
    { init: by('forwarded'), onetrace_init: by('own') },
    { init: by('walk') },
    'walk',
  ],
  ['nobody is asked, where there is none', { init: by('forwarded'), onetrace_init: by('own') }, undefined, 'own'],
  ['its own does it, where that of components has moved', { init: by('own') }, { init: by('walk') }, 'own'],
])('a component that the loop comes to: %s', async (_, node, walk, expected) => {
  const { plugin } = built();
  const code = plugin.transform(await readFile(STREAMING, 'utf8'), STREAMING)?.code;
  const call = /= \((!node\.onetrace_init .*)\);/.exec(code ?? '')?.[1];
  expect(new Function('node', 'onetrace', 'result', 'stack', `return ${call}`)(node, walk)).toBe(expected);
});

test('only what serves requests is changed', () => {
  const { plugin } = built();
  expect(['ssr', 'client', 'prerender'].filter((name) => plugin.applyToEnvironment({ name }))).toEqual(['ssr']);
});

function built() {
  const lines: string[] = [];
  return { lines, plugin: seamsPlugin((line) => lines.push(line), true) };
}

function by(who: string): () => string {
  return () => who;
}
