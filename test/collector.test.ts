import { appendFile, readFile, rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  collectorConfig,
  counter,
  jaeger,
  jaegerConfig,
  otelcol,
  type Settings,
  sendSpan,
  settings,
  startCollector,
  startJaeger,
  stored,
  writeSpan,
} from './collector-pipeline.ts';
import { app, site } from './nginx-server.ts';
import { type Running, run, scratch, waitFor } from './processes.ts';

/** The Collector and Jaeger as they are configured here, with real spans going in and Jaeger's API telling what came out. */

const marked = 'onetrace=force';
let directory: Awaited<ReturnType<typeof scratch>>;
let running: Running[];

beforeEach(async () => {
  directory = await scratch();
  running = [];
});

afterEach(async () => {
  for (const one of running) await one.stop();
  await directory[Symbol.asyncDispose]();
});

async function up(env: NodeJS.ProcessEnv = {}): Promise<Settings> {
  const pair = await settings(directory.path, env);
  running.push(await startJaeger(pair));
  running.push(await startCollector(pair));
  return pair;
}

const arrives = (pair: Settings, traceId: string) =>
  waitFor(`trace ${traceId} in Jaeger`, async () => {
    const spans = await stored(pair, traceId);
    if (spans.length === 0) throw new Error('not there yet');
    return spans;
  });

describe('the files', () => {
  test.each([
    ['otel-collector.yaml', otelcol, collectorConfig],
    ['jaeger.yaml', jaeger, jaegerConfig],
  ])('%s is valid without any variable', async (_name, program, config) => {
    const { code, output } = await run(program, ['validate', '--config', config], { env: { PATH: process.env.PATH } });
    expect(output).not.toMatch(/deprecated/i);
    expect(code).toBe(0);
  });

  test.each([
    ['ONETRACE_SLOW_MS', 'a second', /threshold_ms/],
    ['ONETRACE_MEMORY_LIMIT_MIB', '0', /limit_mib/],
    ['ONETRACE_SAMPLE_PERCENT', 'all', /sampling_percentage/],
    ['ONETRACE_DECISION_WAIT', 'soon', /decision_wait/],
  ])('%s=%j is turned down, with the name of the setting', async (name, value, setting) => {
    const env = { PATH: process.env.PATH, [name]: value };
    const { code, output } = await run(otelcol, ['validate', '--config', collectorConfig], { env });
    expect(code).not.toBe(0);
    expect(output).toMatch(setting);
  });
});

describe('the two lanes', () => {
  test.each(['onetrace=force', 'onetrace=profile', 'a=1,onetrace=force,b=2'])(
    '%s goes round the sampling',
    async (traceState) => {
      // Nothing else could come out in time.
      const pair = await up({ ONETRACE_DECISION_WAIT: '10m' });
      const traceId = await writeSpan(pair, { traceState });
      await sendSpan(pair, { traceId, traceState });
      await waitFor('both spans', async () => expect(await stored(pair, traceId)).toHaveLength(2));
      expect(await stored(pair, await sendSpan(pair, { error: true }))).toEqual([]);
    },
  );

  test('the rest is kept for a reason, and otherwise dropped', async () => {
    const pair = await up();
    const dropped = [
      await sendSpan(pair),
      await writeSpan(pair),
      await sendSpan(pair, { traceState: 'onetrace=other' }),
      await sendSpan(pair, { traceState: 'a=onetrace' }),
      await sendSpan(pair, { traceState: 'onetrace=force,onetrace=force' }),
      await sendSpan(pair, { duration: 900 }),
      await sendSpan(pair, { attributes: { 'http.response.status_code': 404 } }),
    ];
    const kept = [
      await sendSpan(pair, { error: true }),
      await writeSpan(pair, { attributes: { 'http.response.status_code': 503 } }),
      await sendSpan(pair, { duration: 1100 }),
    ];
    for (const traceId of kept) expect(await arrives(pair, traceId)).toHaveLength(1);
    // The decision on those was made no later than on these.
    for (const traceId of dropped) expect(await stored(pair, traceId)).toEqual([]);
  });

  test('a span takes one of them, not both', async () => {
    const pair = await up();
    await arrives(pair, await sendSpan(pair, { traceState: marked, error: true }));
    // Decided upon no earlier than a copy of the first would be.
    await arrives(pair, await sendSpan(pair, { error: true }));
    expect(await counter(pair, 'otelcol_exporter_sent_spans')).toBe(2);
  });

  test('a trace is kept whole when one of its spans is a reason', async () => {
    const pair = await up();
    const traceId = await sendSpan(pair);
    await writeSpan(pair, { traceId, error: true });
    await waitFor('both spans', async () => expect(await stored(pair, traceId)).toHaveLength(2));
  });

  test('a share of 100 % is everything', async () => {
    const pair = await up({ ONETRACE_SAMPLE_PERCENT: '100' });
    await arrives(pair, await sendSpan(pair));
  });
});

test('secrets are masked, the rest is left alone', async () => {
  const pair = await up();
  const secret = {
    'http.request.header.authorization': 'Basic dXNlcjpwYXNz',
    'http.request.header.cookie': 'session=1234567890',
    'app.user.password': 'hunter2',
    'x-api-key': 'abcdef',
    'db.connection': 'postgres://shop:hunter2@db/shop',
    note: 'sent Bearer abc.def-ghi_123 to them',
    jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
    'url.query': '?page=2&token=abcdef',
    card: '4111111111111111',
  };
  const harmless = {
    'url.path': '/freedevtools/svg_icons/8bit/sharp-solid-alien-8bit/',
    'http.route': '/passwords/[secret]/',
    'gen_ai.usage.input_tokens': 12,
    'code.function.name': 'getSecret',
    'user.id': '4111',
    'db.query.text': 'SELECT token FROM icons WHERE id = ?',
  };
  const traceId = await sendSpan(pair, { traceState: marked, attributes: { ...secret, ...harmless } });
  const [span] = await arrives(pair, traceId);
  const attributes = span?.attributes as Record<string, string>;
  for (const [key, value] of Object.entries(secret)) expect(attributes[key], key).not.toBe(value);
  expect(attributes['db.connection']).toBe('postgres****db/shop');
  expect(attributes['url.query']).toBe('?page=2****');
  expect(JSON.stringify(attributes)).not.toMatch(/hunter2|abcdef|dXNlcjpwYXNz/);
  for (const [key, value] of Object.entries(harmless)) expect(String(attributes[key])).toBe(String(value));
  expect(Object.keys(attributes).sort()).toEqual(Object.keys({ ...secret, ...harmless }).sort());
});

test('secrets in query strings are masked wherever they stand, their neighbours are not', async () => {
  const masked = {
    'token=abcdef&p=1': '****&p=1',
    'page=2&access_token=abcdef': 'page=2****',
    'page=2&id_token=abcdef&refresh_token=abcdef&p=1': 'page=2********&p=1',
    '?client_secret=abcdef': '****',
    '?X-Amz-Signature=abcdef&p=1': '****&p=1',
    'X-Amz-Credential=abcdef%2Fs3&X-Goog-Signature=abcdef': '********',
    'AWSAccessKeyId=abcdef&sig=abcdef': '********',
    'user[password]=abcdef&user%5Bpassword%5D=abcdef&password2=abcdef': '************',
    'apikey=abcdef&api-key=abcdef&PHPSESSID=abcdef': '************',
    'code=abcdef&state=1': '****&state=1',
    'https://shop.example/a?b=1&token=abcdef#there': 'https://shop.example/a?b=1****',
    'https://shop.example/a#access_token=abcdef': 'https://shop.example/a****',
  };
  const harmless = [
    'q=design&design=3',
    'monkey=1&zipcode=12345',
    'https://shop.example/token/a?b=secret',
    'a=1 token=2',
  ];
  const values = [...Object.entries(masked), ...harmless.map((value) => [value, value])];
  const pair = await up();
  const attributes = Object.fromEntries(values.map(([value], index) => [`url.${index}`, value ?? '']));
  const [span] = await arrives(pair, await sendSpan(pair, { traceState: marked, attributes }));
  expect(span?.attributes).toEqual(Object.fromEntries(values.map(([, value], index) => [`url.${index}`, value])));
});

test('every line that nginx writes is a span, whatever the client sent', async () => {
  const pair = await up({ ONETRACE_SAMPLE_PERCENT: '100' });
  await using upstream = await app();
  await using front = await site([upstream.port], { ONETRACE_SPAN_FILE: pair.spanFile });
  const requests = [
    'GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET /\xe9\xff HTTP/1.1\r\nHost: a\r\nUser-Agent: \xf0\x9f"\\\x01\r\nConnection: close\r\n\r\n',
    `GET /${'é"\\'.repeat(1000)} HTTP/1.1\r\nHost: a\r\nUser-Agent: ${'\\'.repeat(7000)}\r\nConnection: close\r\n\r\n`,
    'garbage\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  ];
  for (const bytes of requests) await front.send(Buffer.from(bytes, 'latin1'));
  for (const { traceId, name } of await front.spans()) expect(await arrives(pair, traceId)).toMatchObject([{ name }]);
  expect(await front.spans()).toHaveLength(requests.length);
  expect(await counter(pair, 'otelcol_processor_memory_limiter_accepted_spans')).toBe(requests.length);
});

test('health and metrics answer', async () => {
  const pair = await up();
  expect((await fetch(`${pair.url('HEALTH')}/`)).status).toBe(200);
  await arrives(pair, await sendSpan(pair, { traceState: marked }));
  expect(await counter(pair, 'otelcol_exporter_sent_spans')).toBe(1);
});

describe('interruptions', () => {
  test('Jaeger away, Collector restarted meanwhile: the span is delivered', async () => {
    const pair = await settings(directory.path);
    const first = await startCollector(pair);
    const traceId = await sendSpan(pair, { traceState: marked });
    await waitFor('the queue to hold it', async () =>
      expect(await counter(pair, 'otelcol_exporter_queue_size')).toBe(1),
    );
    await first.stop();
    running.push(await startCollector(pair));
    running.push(await startJaeger(pair));
    expect(await arrives(pair, traceId)).toHaveLength(1);
  });

  test('a full queue drops spans, and whoever sends them notices nothing', async () => {
    const pair = await settings(directory.path, { ONETRACE_QUEUE_SPANS: '1' });
    running.push(await startCollector(pair));
    await waitFor('a span to be dropped', async () => {
      await sendSpan(pair, { traceState: marked });
      expect(await counter(pair, 'otelcol_exporter_enqueue_failed_spans')).toBeGreaterThan(0);
    });
  });

  test('what was written before the Collector came is read, and read once', async () => {
    const pair = await settings(directory.path);
    const early = await writeSpan(pair, { traceState: marked });
    running.push(await startJaeger(pair));
    const first = await startCollector(pair);
    await arrives(pair, early);
    await first.stop();
    const meanwhile = await writeSpan(pair, { traceState: marked });
    running.push(await startCollector(pair));
    await arrives(pair, meanwhile);
    expect(await counter(pair, 'otelcol_processor_memory_limiter_accepted_spans')).toBe(1);
  });

  test('the span file renamed: both files are read to their end', async () => {
    const pair = await up();
    await arrives(pair, await writeSpan(pair, { traceState: marked }));
    const last = await writeSpan(pair, { traceState: marked });
    await rename(pair.spanFile, `${pair.spanFile}.1`);
    const first = await writeSpan(pair, { traceState: marked });
    for (const traceId of [last, first]) expect(await arrives(pair, traceId)).toHaveLength(1);
    expect((await readFile(`${pair.spanFile}.1`, 'utf8')).trim().split('\n')).toHaveLength(2);
  });

  test('the span file renamed while the Collector is down: what was not read yet is delivered, and once', async () => {
    const pair = await settings(directory.path);
    running.push(await startJaeger(pair));
    const first = await startCollector(pair);
    await arrives(pair, await writeSpan(pair, { traceState: marked }));
    await first.stop();
    const last = await writeSpan(pair, { traceState: marked });
    await rename(pair.spanFile, `${pair.spanFile}.1`);
    const next = await writeSpan(pair, { traceState: marked });
    running.push(await startCollector(pair));
    for (const traceId of [last, next]) expect(await arrives(pair, traceId)).toHaveLength(1);
    await rename(pair.spanFile, `${pair.spanFile}.1`);
    await arrives(pair, await writeSpan(pair, { traceState: marked }));
    expect(await counter(pair, 'otelcol_processor_memory_limiter_accepted_spans')).toBe(3);
  });

  test('a line that is no span does not stop the next', async () => {
    const pair = await up();
    await appendFile(pair.spanFile, 'no json\n{"resourceSpans":[{"scopeSpans":1}]}\n');
    await arrives(pair, await writeSpan(pair, { traceState: marked }));
  });
});
