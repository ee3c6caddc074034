import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { Failure } from '../../failure.ts';
import { newTraceContext } from '../trace-context.ts';
import { curlOptions, requestUrl } from './options.ts';
import { curlArguments, send } from './send.ts';
import { startOf } from './start.ts';

const request = (url: string, options: string[] = []) => ({ url, options, context: newTraceContext(), key: '' });

test.each([
  [undefined, 'expected a URL, got none'],
  ['', 'expected a URL, got none'],
  ['localhost:8080/x', 'Next: make trace URL=http://localhost:8080/x'],
  ['ftp://example.test/', 'expected a URL that begins with http:// or https://, got "ftp://example.test/"'],
  ['http://', 'got "http://"'],
  ['not a url', 'got "not a url"'],
])('URL %j is refused', (given, message) => {
  expect(() => requestUrl(given)).toThrow(message);
});

test('options are split as a shell does', () => {
  expect(curlOptions(`-X POST -d '{"a": 1}' -H "x-a: b c"`)).toEqual([
    '-X',
    'POST',
    '-d',
    '{"a": 1}',
    '-H',
    'x-a: b c',
  ]);
});

test.each([
  '-o/tmp/x',
  '-sSo /tmp/x',
  '--outp /tmp/x',
  "-H 'traceparent: 00-1-2-01'",
  '-o /tmp/x',
  '-w %{http_code}',
  '--next',
  '-K file',
  '--url http://b/',
])('options that clash are refused: %s', (words) => {
  expect(() => curlOptions(words)).toThrow(Failure);
});

test('a request carries the trace context, and what curl measured lies between sending and receiving', async () => {
  const seen: (string | string[] | undefined)[] = [];
  const server = createServer((req, res) => {
    seen.push(req.headers.traceparent, req.headers.tracestate);
    setTimeout(() => res.writeHead(418).end('tea'), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sent = request(`http://127.0.0.1:${port}/pot`, ['-X', 'POST']);
  const before = BigInt(Date.now()) * 1_000_000n;
  const { facts, startNs, endNs } = await send(sent);
  server.close();
  expect(seen).toEqual([sent.context.traceparent, 'onetrace=force']);
  expect(facts).toMatchObject({ status: 418, method: 'POST', bytes: 3, redirects: 0 });
  expect(startNs).toBeGreaterThanOrEqual(before);
  expect(endNs - startNs).toBeGreaterThanOrEqual(19_000_000n);
  expect(endNs).toBeLessThanOrEqual(BigInt(Date.now() + 1) * 1_000_000n);
});

test('nothing listens: exit code 3, the address, and what to do', async () => {
  const sending = send(request('http://127.0.0.1:1/'));
  await expect(sending).rejects.toMatchObject({ code: 3 });
  await expect(sending).rejects.toThrow(
    /expected an HTTP answer from http:\/\/127\.0\.0\.1:1\/, got curl: \(7\) .* Next: is the stack up\?/,
  );
});

test('options that look alike are not refused', () => {
  const words = '-sS -H "x-o: w" -X POST -Lk --compressed --max-time 5 -d wok';
  expect(curlOptions(words)).toHaveLength(11);
});

test('brackets and braces belong to the URL, a proxy is not asked for this machine, --fail is an answer', async () => {
  const urls: (string | undefined)[] = [];
  const server = createServer((req, res) => {
    urls.push(req.url);
    res.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('http_proxy', 'http://127.0.0.1:9');
  const { facts } = await send(request(`http://127.0.0.1:${port}/?a[1]={x,y}`, ['--fail']));
  vi.unstubAllEnvs();
  server.close();
  expect(facts.status).toBe(500);
  expect(urls).toEqual(['/?a[1]={x,y}']);
});

test('a second URL is wrong usage', async () => {
  await expect(send(request('http://127.0.0.1:1/', ['http://127.0.0.1:2/']))).rejects.toMatchObject({ code: 2 });
});

test('the key goes in a header, and neither on the command line nor in clear to other machines', async () => {
  const seen: (string | string[] | undefined)[] = [];
  const server = createServer((req, res) => {
    seen.push(req.headers['x-onetrace-key']);
    res.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const withKey = { ...request(`http://127.0.0.1:${port}/`), key: 'abcdefghijklmnop' };
  await send(withKey);
  server.close();
  expect(seen).toEqual(['abcdefghijklmnop']);
  expect(curlArguments(withKey, '/tmp/file').join(' ')).not.toContain('abcdefghijklmnop');
});

test('an option that curl does not know is wrong usage', async () => {
  await expect(send(request('http://127.0.0.1:1/', ['--no-such-option']))).rejects.toMatchObject({ code: 2 });
});

/** Real time is 1,000.000 s when the monotonic clock shows 400.700 s. */
const monotonicOffsetNs = 599_300_000_000n;
const window = { earliestNs: 1_000_000_000_000n, latestNs: 1_000_015_000_000n, monotonicOffsetNs };

test.each([
  ['real time (newer curl)', '00:16:40.010000 *   Trying 127.0.0.1:1...\n', 1_000_010_000_000n],
  ['monotonic time (older curl)', '08:49:39.710000 *   Trying 127.0.0.1:1...\n', 1_000_010_000_000n],
  ['neither: the latest possible', '08:49:39.333333 *   Trying 127.0.0.1:1...\n', 1_000_015_000_000n],
  ['no stamp: the latest possible', '* something else\n', 1_000_015_000_000n],
])('the start of curl from a stamp of %s', (_, log, expected) => {
  expect(startOf(log, 0, window)).toBe(expected);
});

test('the name look-up lies before the stamp', () => {
  expect(startOf('00:16:40.010000 *   Trying 127.0.0.1:1...\n', 0.002, window)).toBe(1_000_008_000_000n);
});
