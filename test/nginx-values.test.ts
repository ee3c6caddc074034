import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nginx, templates } from './nginx-server.ts';
import { run, scratch } from './processes.ts';

/** render-values.sh: valid variables become files that nginx takes; anything else is one sentence and exit code 2. */

const script = join(templates, 'render-values.sh');
let directory: Awaited<ReturnType<typeof scratch>>;

beforeEach(async () => {
  directory = await scratch();
});

afterEach(async () => {
  await directory[Symbol.asyncDispose]();
});

async function render(env: NodeJS.ProcessEnv, conf = join(directory.path, 'conf')) {
  const paths = {
    ONETRACE_SPAN_FILE: join(directory.path, 'spans.jsonl'),
    ONETRACE_NGINX_PID_FILE: join(directory.path, 'nginx.pid'),
    ONETRACE_NGINX_TEMP_DIR: directory.path,
  };
  const result = await run(script, [conf], { env: { PATH: process.env.PATH, ...paths, ...env } });
  const value = (name: string) => readFile(join(conf, 'values', `${name}.conf`), 'utf8');
  return { ...result, conf, value };
}

const check = (conf: string) => run(nginx, ['-t', '-e', 'stderr', '-p', conf, '-c', join(conf, 'nginx.conf')]);

test('without any variable: defaults, and nginx takes them', async () => {
  const { code, output, value, conf } = await render({});
  expect(output).toBe('');
  expect(code).toBe(0);
  expect(await value('listen')).toBe('listen 127.0.0.1:8080;\n');
  expect(await value('upstream')).toBe('server 127.0.0.1:4321 max_fails=0;\nserver 127.0.0.1:4322 max_fails=0;\n');
  expect(await value('trusted')).toBe('127.0.0.0/8 1;\n::1/128 1;\n');
  expect(await value('key')).toBe('');
  expect((await check(conf)).output).toMatch(/test is successful/);
});

test('with every variable set', async () => {
  const { code, output, value, conf } = await render({
    ONETRACE_NGINX_HOST: '[::1]',
    ONETRACE_NGINX_PORT: '18080',
    ONETRACE_UPSTREAMS: '10.1.2.3:80,[::1]:4321\n localhost:4322',
    ONETRACE_UPSTREAM_MAX_FAILS: '1',
    ONETRACE_TRUSTED: '10.0.0.0/8, fd00::/8 192.168.1.7',
    ONETRACE_KEY: 'A-key_of-16-chars',
    ONETRACE_DEPLOYMENT: 'staging-2',
    ONETRACE_NGINX_ERROR_LOG: join(directory.path, 'error.log'),
  });
  expect(output).toBe('');
  expect(code).toBe(0);
  expect(await value('listen')).toBe('listen [::1]:18080;\n');
  expect(await value('upstream')).toBe(
    'server 10.1.2.3:80 max_fails=1;\nserver [::1]:4321 max_fails=1;\nserver localhost:4322 max_fails=1;\n',
  );
  expect(await value('trusted')).toBe('10.0.0.0/8 1;\nfd00::/8 1;\n192.168.1.7 1;\n');
  expect(await value('key')).toBe('"~^A-key_of-16-chars\\z" 1;\n');
  expect((await check(conf)).output).toMatch(/test is successful/);
});

test('listens where ONETRACE_LISTEN_HOST says, unless it has a host of its own', async () => {
  expect(await (await render({ ONETRACE_LISTEN_HOST: '0.0.0.0' })).value('listen')).toBe('listen 0.0.0.0:8080;\n');
  const both = await render({ ONETRACE_LISTEN_HOST: '0.0.0.0', ONETRACE_NGINX_HOST: '127.0.0.2' });
  expect(await both.value('listen')).toBe('listen 127.0.0.2:8080;\n');
});

test('the second instance is on the port after the first', async () => {
  expect(await (await render({ ONETRACE_APP_PORT: '5000' })).value('upstream')).toMatch(/:5000 .*\n.*:5001 /);
});

test('an empty list of networks trusts nobody', async () => {
  expect(await (await render({ ONETRACE_TRUSTED: '' })).value('trusted')).toBe('');
});

describe('what is not valid', () => {
  test.each([
    ['ONETRACE_NGINX_PORT', '80a'],
    ['ONETRACE_NGINX_PORT', '0'],
    ['ONETRACE_NGINX_PORT', '65536'],
    ['ONETRACE_NGINX_PORT', '99999999999999999999'],
    ['ONETRACE_APP_PORT', '-1'],
    ['ONETRACE_NGINX_HOST', '127.0.0.1; return 200'],
    ['ONETRACE_NGINX_HOST', '[::1'],
    ['ONETRACE_NGINX_HOST', '[x]'],
    ['ONETRACE_UPSTREAMS', 'app'],
    ['ONETRACE_UPSTREAMS', 'app:http'],
    ['ONETRACE_UPSTREAMS', 'unix:/run/app.sock'],
    ['ONETRACE_UPSTREAMS', 'app:4321;}'],
    ['ONETRACE_UPSTREAMS', '*:4321'],
    ['ONETRACE_UPSTREAM_MAX_FAILS', '1 backup'],
    ['ONETRACE_UPSTREAM_MAX_FAILS', '-1'],
    ['ONETRACE_TRUSTED', 'everybody'],
    ['ONETRACE_TRUSTED', '10.0.0/8'],
    ['ONETRACE_TRUSTED', '10.0.0.0/33'],
    ['ONETRACE_TRUSTED', '10.0.0.0/'],
    ['ONETRACE_TRUSTED', 'fd00::/129'],
    ['ONETRACE_TRUSTED', '127.0.0.1; include /etc/passwd'],
    ['ONETRACE_DEPLOYMENT', 'my "home"'],
    ['ONETRACE_SPAN_FILE', 'spans.jsonl'],
    ['ONETRACE_SPAN_FILE', '/tmp/$host.jsonl'],
    ['ONETRACE_SPAN_FILE', '/tmp/"; user root; "'],
    ['ONETRACE_SPAN_FILE', '/tmp/a\nb'],
    ['ONETRACE_SPAN_FILE', '/not/there/spans.jsonl'],
    ['ONETRACE_NGINX_TEMP_DIR', '/not/there'],
    ['ONETRACE_NGINX_PID_FILE', '/not/there/nginx.pid'],
    ['ONETRACE_NGINX_ERROR_LOG', 'syslog'],
  ])('%s=%j is named, with what was expected', async (name, value) => {
    const { code, output, conf } = await render({ [name]: value });
    expect(code).toBe(2);
    expect(output).toMatch(new RegExp(`^render-values.sh: ${name}: expected .*, got '`));
    // Nothing is half written.
    await expect(readdir(join(conf, 'values'))).rejects.toThrow();
  });

  test.each(['short', 'with spaces in between', 'quote"quote"quote"'])(
    'a key such as %j, which is never repeated',
    async (key) => {
      const { code, output } = await render({ ONETRACE_KEY: key });
      expect(code).toBe(2);
      expect(output).toMatch(/^render-values.sh: ONETRACE_KEY: expected /);
      expect(output).not.toContain(key);
    },
  );

  test.runIf(process.getuid?.() === 0)('an account that does not exist', async () => {
    const { code, output } = await render({ ONETRACE_NGINX_USER: 'nobody-of-this-name' });
    expect(code).toBe(2);
    expect(output).toContain('ONETRACE_NGINX_USER');
  });
});

describe('the directory', () => {
  test('keeps the key to its owner', async () => {
    const { conf } = await render({ ONETRACE_KEY: 'correct-horse-battery' });
    expect((await stat(join(conf, 'values', 'key.conf'))).mode & 0o077).toBe(0);
  });

  test('is written anew each time', async () => {
    await render({ ONETRACE_KEY: 'correct-horse-battery' });
    expect(await (await render({})).value('key')).toBe('');
  });

  test('keeps files that are there, and mends links of an earlier checkout', async () => {
    const conf = join(directory.path, 'conf');
    await mkdir(conf);
    await writeFile(join(conf, 'nginx.conf'), '# my own\n');
    await symlink('/not/there', join(conf, 'onetrace'));
    expect((await render({})).code).toBe(0);
    expect(await readFile(join(conf, 'nginx.conf'), 'utf8')).toBe('# my own\n');
    expect(await readdir(join(conf, 'onetrace'))).toContain('otel-span.conf');
  });

  test('may have spaces in its path', async () => {
    const conf = join(directory.path, 'my own site');
    const temp = join(directory.path, 'temp files');
    await mkdir(temp);
    const { code } = await render(
      { ONETRACE_NGINX_TEMP_DIR: temp, ONETRACE_SPAN_FILE: join(temp, 'spans.jsonl') },
      conf,
    );
    expect(code).toBe(0);
    expect((await check(conf)).output).toMatch(/test is successful/);
    await rm(temp, { recursive: true });
  });
});
