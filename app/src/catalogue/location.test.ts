import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCatalogue } from './location.ts';

let app: string;

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'icon-app-'));
  mkdirSync(join(app, 'data'));
  writeFileSync(join(app, 'data', 'catalogue.sqlite'), '');
});
afterAll(() => rmSync(app, { recursive: true }));

test.each(['src/catalogue/index.ts', 'dist/server/chunks/catalogue_x.mjs'])('is found from %s', (module) => {
  expect(findCatalogue(pathToFileURL(join(app, module)).href, undefined)).toBe(join(app, 'data', 'catalogue.sqlite'));
});

test('the variable wins', () => {
  expect(findCatalogue(pathToFileURL(join(app, 'src/x.ts')).href, '/elsewhere.sqlite')).toBe('/elsewhere.sqlite');
});

test('when there is none, the message says how to get one', () => {
  const elsewhere = pathToFileURL(join(tmpdir(), 'nothing-here', 'index.ts')).href;
  expect(() => findCatalogue(elsewhere, undefined)).toThrow('npm run catalogue -w app');
});
