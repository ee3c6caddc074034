import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, app, nginx, type Site, site } from './nginx-server.ts';
import { run, waitFor } from './processes.ts';

/** What a caller sends, and what becomes of it: in nginx's span and in the headers that reach the app. */

const T = '0af7651916cd43dd8448eb211c80319c';
const P = 'b7ad6b7169203331';
const valid = `traceparent: 00-${T}-${P}-01`;
const key = 'correct-horse-battery';

let upstream: App;
let trusting: Site;
let closed: Site;
/** 1.23 and later join repeated headers; before, the first one counts. */
let joins: boolean;

beforeAll(async () => {
  upstream = await app();
  trusting = await site([upstream.port]);
  closed = await site([upstream.port], { ONETRACE_TRUSTED: '', ONETRACE_KEY: key });
  const version = /nginx\/1\.(\d+)/.exec((await run(nginx, ['-v'])).output)?.[1];
  joins = Number(version) >= 23;
});

afterAll(async () => {
  await trusting?.[Symbol.asyncDispose]();
  await closed?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

/** The request's span, if there is one, and the headers that the app saw. */
async function ask(where: Site, path: string, ...headers: string[]) {
  const before = (await where.spans()).length;
  upstream.requests.length = 0;
  expect(await where.get(path, ...headers)).toMatch(/^HTTP\/1\.1 200/);
  const [seen] = upstream.requests;
  const [, traceId, parentId, flags] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(String(seen?.headers.traceparent)) ?? [];
  const recorded = Number(flags) % 2;
  const [span, ...more] = await waitFor('its span', async () => {
    const spans = (await where.spans()).slice(before);
    if (spans.length < recorded) throw new Error('no span');
    return spans;
  });
  expect(more).toEqual([]);
  return { span, headers: seen?.headers ?? {}, raw: seen?.rawHeaders ?? [], sent: { traceId, parentId, flags } };
}

describe('a trusted caller', () => {
  test.each([
    ['sampled', `traceparent: 00-${T}-${P}-01`, '01'],
    ['sampled, random id', `traceparent: 00-${T}-${P}-03`, '03'],
    ['flags nobody knows yet', `traceparent: 00-${T}-${P}-fd`, '01'],
    ['a later version', `traceparent: 01-${T}-${P}-01`, '01'],
    ['a later version with more fields', `traceparent: cc-${T}-${P}-01-what-the-future-brings`, '01'],
    ['header name in capitals', `TRACEPARENT: 00-${T}-${P}-01`, '01'],
  ])('is continued: %s', async (_name, header, flags) => {
    const { span, sent } = await ask(trusting, '/', header);
    expect(span).toMatchObject({ traceId: T, parentSpanId: P });
    expect(sent).toEqual({ traceId: T, parentId: span?.spanId, flags });
  });

  test.each([
    ['nothing', []],
    ['garbage', ['traceparent: garbage']],
    ['empty', ['traceparent: ']],
    ['upper case', [`traceparent: 00-${T.toUpperCase()}-${P}-01`]],
    ['trace id of zeros', [`traceparent: 00-${'0'.repeat(32)}-${P}-01`]],
    ['parent id of zeros', [`traceparent: 00-${T}-${'0'.repeat(16)}-01`]],
    ['version ff', [`traceparent: ff-${T}-${P}-01`]],
    ['no flags', [`traceparent: 00-${T}-${P}`]],
    ['flags that are not hexadecimal', [`traceparent: 00-${T}-${P}-0g`]],
    ['more fields in version 00', [`traceparent: 00-${T}-${P}-01-more`]],
    ['a later version that does not go on with a dash', [`traceparent: 01-${T}-${P}-01more`]],
    ['over-long', [`traceparent: 00-${T}${'a'.repeat(4000)}-${P}-01`]],
    ['a quote', [`traceparent: 00-${T}-${P}-01"`]],
    ['underscores', [`trace_parent: 00-${T}-${P}-01`]],
  ])('starts a new trace with %s', async (_name, headers) => {
    const { span, sent } = await ask(trusting, '/', ...headers, 'tracestate: onetrace=force');
    expect(span?.traceId).not.toBe(T);
    expect(span).toMatchObject({ parentSpanId: '', traceState: '' });
    expect(sent).toEqual({ traceId: span?.traceId, parentId: span?.spanId, flags: '01' });
  });

  test('who sends traceparent twice gets one trace, never a broken line', async () => {
    const { span } = await ask(trusting, '/', valid, `traceparent: 00-${'1'.repeat(32)}-${P}-01`);
    if (joins) expect(span?.parentSpanId).toBe('');
    else expect(span?.traceId).toBe(T);
  });

  test('who does not record gets no span, and the flag is passed on with his own id', async () => {
    const { span, sent, headers } = await ask(
      trusting,
      '/',
      `traceparent: 00-${T}-${P}-00`,
      'tracestate: onetrace=force',
    );
    expect(span).toBeUndefined();
    expect(sent).toEqual({ traceId: T, parentId: P, flags: '00' });
    expect(headers.tracestate).toBe('onetrace=force');
  });

  test.each([
    ['a mark', 'onetrace=force'],
    ['several members', 'onetrace=profile,rojo=00f067aa0ba902b7, congo@tenant=t61rcWkgMzE'],
    ['spaces and signs inside a value', 'a=b c!#$%&\'()*+-./:;<>?@[]^_`{|}~"\\'],
    ['an empty member', 'a=1,,b=2'],
    ['32 members', Array.from({ length: 32 }, (_, n) => `k${n}=v`).join(',')],
    ['512 characters', `a=${'b'.repeat(255)},c=${'d'.repeat(252)}`],
  ])('keeps tracestate with %s', async (_name, state) => {
    const { span, headers } = await ask(trusting, '/', valid, `tracestate: ${state}`);
    expect(headers.tracestate).toBe(state);
    expect(span?.traceState).toBe(state);
  });

  test.each([
    ['garbage', 'garbage'],
    ['a key in capitals', 'Onetrace=force'],
    ['33 members', Array.from({ length: 33 }, (_, n) => `k${n}=v`).join(',')],
    ['513 characters', `a=${'b'.repeat(255)},c=${'d'.repeat(253)}`],
    ['a value of 257 characters', `a=${'b'.repeat(257)}`],
    ['8-bit characters', 'a=\u00e9'],
  ])('loses tracestate with %s, but not the trace', async (_name, state) => {
    const { span, headers } = await ask(trusting, '/', valid, `tracestate: ${state}`);
    expect(headers.tracestate).toBeUndefined();
    expect(span).toMatchObject({ traceId: T, traceState: '' });
  });

  test('may split tracestate over two headers', async () => {
    const { span } = await ask(trusting, '/', valid, 'tracestate: a=1', 'tracestate: b=2');
    expect(span?.traceState).toBe(joins ? 'a=1, b=2' : 'a=1');
  });
});

describe('a stranger', () => {
  test.each([
    ['without a key', []],
    ['with a wrong key', ['x-onetrace-key: correct-horse-batterie']],
    ['with the key in other case', [`x-onetrace-key: ${key.toUpperCase()}`]],
    ['with more than the key', [`x-onetrace-key: ${key}, ${key}`]],
    ['with an empty key', ['x-onetrace-key: ']],
  ])('%s starts a trace and loses what he sent', async (_name, headers) => {
    const {
      span,
      sent,
      headers: seen,
    } = await ask(closed, '/', valid, 'tracestate: onetrace=force', 'baggage: a=b', ...headers);
    expect(span?.traceId).not.toBe(T);
    expect(span).toMatchObject({ parentSpanId: '', traceState: '' });
    expect(sent).toEqual({ traceId: span?.traceId, parentId: span?.spanId, flags: '01' });
    expect(seen).not.toHaveProperty('tracestate');
    expect(seen).not.toHaveProperty('baggage');
    expect(seen).not.toHaveProperty('x-onetrace-key');
  });

  test('cannot switch his own span off', async () => {
    const { span, sent } = await ask(closed, '/', `traceparent: 00-${T}-${P}-00`);
    expect(span?.traceId).toBe(sent.traceId);
    expect(sent.flags).toBe('01');
  });

  test('with the key is trusted, and the key goes no further', async () => {
    const { span, headers, raw } = await ask(
      closed,
      '/',
      valid,
      'tracestate: onetrace=force',
      'baggage: a=b',
      `X-Onetrace-Key: ${key}`,
    );
    expect(span).toMatchObject({ traceId: T, parentSpanId: P, traceState: 'onetrace=force' });
    expect(headers).toMatchObject({ tracestate: 'onetrace=force', baggage: 'a=b' });
    expect(raw.join('\n')).not.toContain(key);
    expect(closed.process.output()).not.toContain(key);
    expect(JSON.stringify(await closed.spans())).not.toContain(key);
  });
});

describe('static assets', () => {
  test.each([
    '/_astro/page.B1x.css',
    '/favicon.ico',
    '/robots.txt',
    '/freedevtools/_astro/page.B1x.css',
    '/freedevtools/favicon.svg',
    '/freedevtools/robots.txt',
  ])('%s is not traced, by nobody', async (path) => {
    const { span, sent } = await ask(trusting, path);
    expect(span).toBeUndefined();
    expect(sent.flags).toBe('00');
  });

  test('unless a trusted caller asks for it', async () => {
    const { span } = await ask(trusting, '/_astro/page.B1x.css', valid);
    expect(span).toMatchObject({ traceId: T, parentSpanId: P });
  });

  test.each(['/docs/_astro/', '/_astro/guide/', '/my_astro/page.css', '/my-favicon.ico', '/robots.txt/'])(
    'and %s, a page that is named alike, is one',
    async (path) => {
      expect((await ask(trusting, path)).span).toBeDefined();
    },
  );
});

test('the health check is nginx alone, without a span', async () => {
  const before = (await trusting.spans()).length;
  upstream.requests.length = 0;
  expect(await trusting.get('/nginx-health', valid)).toMatch(/^HTTP\/1\.1 204/);
  expect(upstream.requests).toEqual([]);
  expect(await trusting.spans()).toHaveLength(before);
});
