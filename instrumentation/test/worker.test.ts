import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { App } from './support/app.ts';
import { type ReceivedSpan, Receiver } from './support/receiver.ts';
import { tree } from './support/tree.ts';

vi.setConfig({ testTimeout: 30_000 });

const ERROR = 2;

let receiver: Receiver;
let app: App | undefined;

beforeEach(async () => {
  receiver = await new Receiver().listen();
});
afterEach(async () => {
  receiver.close();
  await app?.kill();
  app = undefined;
});

/** Starts a fixture, asks for the paths one after the other, ends it; the answers, and the spans by path. */
async function ask(
  fixture: string,
  paths: string[],
  traceparent = newTrace,
  env: Record<string, string> = {},
): Promise<{ answers: unknown[]; traces: ReceivedSpan[][] }> {
  app = new App(fixture, { ...receiver.env, ...env });
  const address = await app.address();
  const answers: unknown[] = [];
  const ids: string[] = [];
  for (const path of paths) {
    const parent = traceparent();
    ids.push(parent.split('-')[1] ?? '');
    answers.push(await (await fetch(address + path, { headers: { traceparent: parent } })).json());
  }
  await stop(app);
  return { answers, traces: ids.map((id) => receiver.spans.filter((span) => span.traceId === id)) };
}

async function stop(running: App): Promise<void> {
  running.process.kill('SIGTERM');
  await running.ended();
  expect(running.stderr).toBe('');
}

function newTrace(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

function notSampled(): string {
  return newTrace().replace(/01$/, '00');
}

/** Waits too short to be spans are left out by chance; the others are what a test is about. */
function withoutShortWaits(spans: ReceivedSpan[]): string[] {
  return tree(spans.filter(({ name }) => !name.endsWith('_wait')));
}

function ms(span: ReceivedSpan | undefined): number {
  return Number(BigInt(span?.endTimeUnixNano ?? 0) - BigInt(span?.startTimeUnixNano ?? 0)) / 1e6;
}

const QUERY = ['GET', '  worker.task worker.mjs', '    worker.run', '      SELECT icon', '  heard'];

describe('a pool with one listener per worker', () => {
  test('a task is a child of the request that asked, statements are children of the run, and the answer is heard in the request', async () => {
    const { answers, traces } = await ask('threads/server.mjs', ['/icons', '/icons', '/later', '/icons']);
    expect(answers.map((answer) => (answer as { result: unknown }).result)).toEqual([
      ['sword'],
      ['sword'],
      2,
      ['sword'],
    ]);
    for (const spans of traces) expect(withoutShortWaits(spans)).toEqual(QUERY);
  });

  test('what a task waits for has a name: a busy worker, the worker, a busy main thread', async () => {
    const { traces } = await ask('threads/server.mjs', ['/icons', '/busy', '/wait']);
    const [, busy = [], waited = []] = traces;
    const tasks = busy.filter((span) => span.name.startsWith('worker.task'));
    expect(tasks.map((task) => Number(task.attributes['onetrace.worker.run_ms']) >= 30)).toEqual([true, false]);
    const second = busy.filter((span) => span.parentSpanId === tasks[1]?.spanId);
    expect(ms(second.find((span) => span.name === 'worker.queue_wait'))).toBeGreaterThan(20);

    const [task] = waited.filter((span) => span.name.startsWith('worker.task'));
    expect(ms(waited.find((span) => span.name === 'worker.answer_wait'))).toBeGreaterThan(20);
    const parts = ['queue_wait_ms', 'run_ms', 'answer_wait_ms'].map(
      (part) => task?.attributes[`onetrace.worker.${part}`],
    );
    expect(parts.reduce((sum: number, part) => sum + Number(part), 0)).toBeCloseTo(ms(task), 1);
  });

  test('of a request that is not sampled there is no span, nor of what its answer starts', async () => {
    const { answers } = await ask('threads/server.mjs', ['/icons', '/later'], notSampled);
    expect(answers).toHaveLength(2);
    expect(receiver.spans).toEqual([]);
  });

  test('what a span may hold is the same for all threads', async () => {
    const limits = { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3', OTEL_SPAN_EVENT_COUNT_LIMIT: '2', OTEL_LOG_LEVEL: 'error' };
    const { traces } = await ask('threads/server.mjs', ['/steps', '/steps'], newTrace, limits);
    const spans = traces[1] ?? [];
    expect(spans.find(({ name }) => name === 'worker.run')?.events.map(({ name }) => name)).toEqual([
      'second',
      'third',
    ]);
    expect(spans.map(({ attributes }) => Object.keys(attributes).length <= 3)).toEqual(spans.map(() => true));
    expect(Object.keys(spans.find(({ name }) => name === 'GET')?.attributes ?? {})).toHaveLength(3);
  });

  test("a worker's own spans are below its run, which is the root that it can reach", async () => {
    const { answers, traces } = await ask('threads/server.mjs', ['/traced', '/traced']);
    expect(answers).toMatchObject(new Array(2).fill({ result: ['sword'] }));
    for (const spans of traces) {
      expect(withoutShortWaits(spans)).toEqual([
        ...QUERY.slice(0, 3),
        '      app.lookup',
        '        SELECT icon',
        '  heard',
      ]);
      expect(spans.find(({ name }) => name === 'app.lookup')?.attributes).toEqual({ 'app.current': true });
      expect(spans.find(({ name }) => name === 'worker.run')?.attributes).toHaveProperty('app.root', true);
    }
  });

  test('whatever a span holds, the app has its answers and its worker', async () => {
    const paths = ['/icons', '/odd', '/unpostable', '/unpostable/alone', '/icons'];
    const { answers, traces } = await ask('threads/server.mjs', paths);
    expect(answers.slice(1, 4)).toMatchObject(new Array(3).fill({ result: 'answered' }));
    const [, task = '', run = ''] = QUERY;
    expect(traces.map(withoutShortWaits)).toEqual([
      QUERY,
      ['GET', task, run, '      SELECT icon', '      bytes', '      link', '  heard'],
      QUERY,
      QUERY,
      QUERY,
    ]);
  });

  test.each(['/die', '/exit', '/terminate/busy'])(
    '%s: a worker that ends leaves its task with an error, and what it has done below its run',
    async (path) => {
      const { traces } = await ask('threads/server.mjs', ['/icons', path]);
      const spans = traces[1] ?? [];
      expect(withoutShortWaits(spans)).toEqual(QUERY.slice(0, -1));
      for (const span of spans.filter(({ name }) => /^worker[.](task|run)/.test(name)))
        expect(span.status).toEqual({ code: ERROR, message: 'the worker ended before it answered' });
    },
  );

  test('spans of a task have arrived with its answer, even if the worker is terminated at once', async () => {
    const { traces } = await ask('threads/server.mjs', ['/icons', '/terminate']);
    expect(withoutShortWaits(traces[1] ?? [])).toEqual(QUERY);
  });

  test('an answer may come through a port that was sent along', async () => {
    const { answers, traces } = await ask('threads/server.mjs', ['/icons', '/reply']);
    expect(answers[1]).toEqual({ result: ['sword'] });
    expect(withoutShortWaits(traces[1] ?? [])).toEqual([...QUERY, ...QUERY.slice(1, 4)]);
  });

  test.each(['/fetch', '/http'])(
    '%s: what the worker calls is below its task, from the first call on',
    async (path) => {
      const { answers, traces } = await ask('threads/server.mjs', ['/icons', path, path]);
      expect(answers.slice(1)).toMatchObject([{ result: 'hello' }, { result: 'hello' }]);
      const calls = ['GET', '  worker.task caller.ts', '    worker.run', '      GET', '        GET'];
      for (const spans of traces.slice(1))
        expect(withoutShortWaits(spans).filter((line) => !/heard/.test(line))).toEqual(calls);
    },
  );

  test('a worker without the preload gets the plain message', async () => {
    const { answers, traces } = await ask('threads/server.mjs', ['/icons', '/plain']);
    expect(answers[1]).toEqual({ id: 1, result: ['sword'] });
    expect(tree(traces[1] ?? [])).toEqual(['GET']);
  });

  test('requests at once keep to their own traces', async () => {
    app = new App('threads/server.mjs', receiver.env);
    const address = await app.address();
    const ids: string[] = [];
    const client = async () => {
      for (let i = 0; i < 5; i++) {
        const traceparent = newTrace();
        ids.push(traceparent.split('-')[1] ?? '');
        await fetch(address + (i % 2 ? '/icons' : '/later'), { headers: { traceparent } });
      }
    };
    await Promise.all(Array.from({ length: 40 }, client));
    await stop(app);
    expect(new Set(receiver.spans.map((span) => span.traceId))).toEqual(new Set(ids));
    for (const id of ids)
      expect(withoutShortWaits(receiver.spans.filter((span) => span.traceId === id))).toEqual(QUERY);
  });
});

test.each(['piscina', 'tinypool'])(
  '%s: tasks that were queued belong to the request that queued them',
  async (pool) => {
    app = new App('threads/pools.mjs', { ...receiver.env, POOL: pool });
    const address = await app.address();
    const ids: string[] = [];
    // The first may be posted before the worker is there; the others wait for one thread.
    await fetch(`${address}/1`);
    receiver.spans.length = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const traceparent = newTrace();
        ids.push(traceparent.split('-')[1] ?? '');
        const response = await fetch(`${address}/7`, { headers: { traceparent } });
        expect(await response.json()).toBe(49);
      }),
    );
    await stop(app);
    for (const id of ids)
      expect(withoutShortWaits(receiver.spans.filter((span) => span.traceId === id))).toEqual([
        'GET',
        `  worker.task ${pool === 'piscina' ? 'worker.js' : 'worker.js'}`,
        '    worker.run',
        '      square',
        '  answered',
      ]);
  },
);

test('messages are the same to the app, with and without the preload, sampled or not', async () => {
  const plain = new App('threads/messages.mjs', {}, []);
  const traced = new App('threads/messages.mjs', receiver.env);
  await Promise.all([plain.ended(), traced.ended()]);
  expect(traced.stderr).toBe(plain.stderr);
  const seen = (output: string) => output.trim().split('\n');
  expect(seen(traced.stdout)).toEqual(seen(plain.stdout));
  expect(seen(plain.stdout).length).toBeGreaterThan(20);
  expect(receiver.spans.filter((span) => span.name.startsWith('worker.task')).length).toBeGreaterThan(10);
});
