import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beforeFirstRequire } from './first-require.ts';

const prototype = Module.prototype as unknown as { require: unknown };
const original = prototype.require;
const DB = '@scope/db';
const OTHER = 'other';
let folder: string;
let require: NodeJS.Require;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-'));
  const files = {
    '@scope/db/index.js': "exports.part = require('./part')",
    '@scope/db/part.js': '',
    'other/index.js': '',
  };
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, 'node_modules', file);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }
  await writeFile(join(folder, 'app.mjs'), "import '@scope/db'");
  require = createRequire(join(folder, 'app.cjs'));
});
afterEach(async () => {
  prototype.require = original;
  await rm(folder, { recursive: true });
});

test.each([DB, `${DB}/part.js`])('before %s is required, once, and nothing is left behind', (id) => {
  const act = vi.fn(() => expect(Object.keys(require.cache).filter((file) => file.startsWith(folder))).toEqual([]));
  beforeFirstRequire(new Set([DB]), act);
  require('node:fs');
  expect(act).not.toHaveBeenCalled();
  require(id);
  require(DB);
  expect(act).toHaveBeenCalledTimes(1);
  expect(prototype.require).toBe(original);
});

test('before a package that an ES module imports requires a part of itself', async () => {
  const act = vi.fn();
  beforeFirstRequire(new Set([DB]), act);
  await import(/* @vite-ignore */ join(folder, 'app.mjs'));
  expect(act).toHaveBeenCalledTimes(1);
});

test('other packages are nothing to wait for', () => {
  const act = vi.fn();
  beforeFirstRequire(new Set([DB, 'oth']), act);
  require(OTHER);
  require('./node_modules/other/index.js');
  expect(() => require('')).toThrow(/must be a non-empty string/);
  expect(act).not.toHaveBeenCalled();
});
