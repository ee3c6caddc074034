import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type App, app, type Site, site, templates } from './nginx-server.ts';
import { run, waitFor } from './processes.ts';

/** rotate-spans.sh: what keeps the span file small where no logrotate runs. */

const script = join(templates, 'rotate-spans.sh');

let upstream: App;
let rotating: Site;
let loop: { readonly output: () => string; readonly stop: () => void } | undefined;

beforeAll(async () => {
  upstream = await app();
});

beforeEach(async () => {
  rotating = await site([upstream.port]);
});

afterEach(async () => {
  loop?.stop();
  loop = undefined;
  await rotating?.[Symbol.asyncDispose]();
});

afterAll(async () => {
  await upstream?.[Symbol.asyncDispose]();
});

/** The script goes on in the background, as a group of its own; in the image it ends with the container. */
function rotate(pidFile = join(rotating.directory, 'nginx.pid')) {
  const env = {
    PATH: process.env.PATH,
    ONETRACE_SPAN_FILE: rotating.spanFile,
    ONETRACE_NGINX_PID_FILE: pidFile,
    ONETRACE_SPAN_FILE_BYTES: '1',
    ONETRACE_SPAN_FILE_INTERVAL: '0.1',
  };
  const child = spawn(script, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return { output: () => printed, stop: () => process.kill(-Number(child.pid), 'SIGTERM') };
}

const rotated = async () => {
  await waitFor('the rotated file', () => readFile(`${rotating.spanFile}.1`));
  await waitFor('a new file', () => readFile(rotating.spanFile));
};

test('a file that is too large is renamed, and nginx opens a new one', async () => {
  await rotating.get('/');
  loop = rotate();
  await rotated();
  expect(await rotating.get('/')).toMatch(/^HTTP\/1\.1 200/);
});

test('without a process id it stays where it is, until there is one', async () => {
  const pidFile = join(rotating.directory, 'late.pid');
  const failures = (least: number) => async () =>
    expect(loop?.output().split('expected to rename the span file').length).toBeGreaterThan(least);
  await rotating.get('/');
  loop = rotate(pidFile);
  await waitFor('two attempts without a file', failures(2));
  // No process has this one.
  await writeFile(pidFile, '4194305\n');
  await waitFor('two more with a wrong one', failures(4));
  await expect(readFile(`${rotating.spanFile}.1`)).rejects.toThrow('ENOENT');
  await writeFile(pidFile, await readFile(join(rotating.directory, 'nginx.pid')));
  await rotated();
});

test('when nginx missed the signal it is told again', async () => {
  await rotating.get('/');
  await rm(rotating.spanFile);
  loop = rotate();
  await waitFor('a new file', () => readFile(rotating.spanFile));
});

describe('what is not valid is named before anything is started', () => {
  test.each([
    ['ONETRACE_SPAN_FILE_BYTES', '64m'],
    ['ONETRACE_SPAN_FILE_BYTES', '-1'],
    ['ONETRACE_SPAN_FILE_BYTES', '0'],
    ['ONETRACE_SPAN_FILE_BYTES', '99999999999999999999'],
    ['ONETRACE_SPAN_FILE_INTERVAL', 'often'],
    ['ONETRACE_SPAN_FILE_INTERVAL', '0'],
    ['ONETRACE_SPAN_FILE_INTERVAL', '1.2.3'],
  ])('%s=%j', async (name, value) => {
    const { code, output } = await run(script, [], { env: { PATH: process.env.PATH, [name]: value } });
    expect(code).toBe(2);
    expect(output).toMatch(new RegExp(`^rotate-spans.sh: ${name}: expected .*, got '${value}'`));
  });
});
