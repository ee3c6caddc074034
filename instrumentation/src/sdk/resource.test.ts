import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { processAttributes, versionOf } from './resource.ts';

const folder = mkdtempSync(join(tmpdir(), 'onetrace-resource-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the version is that of the nearest package.json that has one', () => {
  const server = join(folder, 'dist/server');
  mkdirSync(server, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"version":"3.2.1"}');
  writeFileSync(join(server, 'package.json'), '{"type":"module"}');
  expect(versionOf(join(server, 'entry.mjs'))).toBe('3.2.1');
  expect(versionOf(undefined)).toBeUndefined();
});

test('says what is known, and nothing else', () => {
  expect(processAttributes({}, undefined, undefined)).toEqual({
    'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test("tells PM2's instances apart", () => {
  const pm2 = {
    id: 4,
    mode: 'cluster',
    name: 'site',
    instance: 1,
    killTimeoutMs: 1,
    entry: undefined,
    tracesItself: false,
  } as const;
  expect(processAttributes({ NODE_ENV: 'production', ONETRACE_DEPLOYMENT: 'staging' }, pm2, undefined)).toMatchObject({
    'service.name': 'site',
    'deployment.environment.name': 'staging',
    'onetrace.pm2.id': 4,
    'onetrace.pm2.mode': 'cluster',
    'onetrace.pm2.instance': 1,
  });
});
