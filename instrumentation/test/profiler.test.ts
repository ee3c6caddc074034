import { randomBytes } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import { median } from 'simple-statistics';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { App, REGISTER } from './support/app.ts';
import { freePort } from './support/port.ts';
import { type ReceivedSpan, Receiver } from './support/receiver.ts';
import { type BuiltSite, buildSite } from './support/site.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const REQUESTS = 50;

let site: BuiltSite;
let server: Server;
beforeAll(async () => {
  site = await buildSite(undefined, 'planted', ['planted-library']);
  server = await serve(site);
  await server.warmUp('/');
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await site?.remove();
});

describe('planted costs', () => {
  const requests: { truth: Record<string, number>; spans: ReceivedSpan[] }[] = [];
  beforeAll(async () => {
    for (let i = 0; i < REQUESTS; i++) {
      const { traceId, body } = await server.ask('/');
      const truth = JSON.parse(/<script type="application\/json">(.*?)<\/script>/.exec(body)?.[1] ?? '{}');
      requests.push({ truth, spans: await server.trace(traceId) });
    }
  });

  /** Mean of what was found over the mean of what it was; requests that something outside held up for half as long again are left out. */
  function accuracy(
    truth: (planted: Record<string, number>) => number,
    found: (spans: ReceivedSpan[]) => number,
  ): number {
    const middle = median(requests.map((request) => truth(request.truth)));
    const undisturbed = requests.filter((request) => truth(request.truth) < 1.5 * middle);
    return sum(undisturbed.map(({ spans }) => found(spans))) / sum(undisturbed.map((request) => truth(request.truth)));
  }

  test.each([
    ['a function of a component', 'componentWork', 'src/lib/work.ts', 'app'],
    ['one of a library', 'libraryWork', 'node_modules/planted-library/index.js', 'library'],
    ['one that runs while an answer waits', 'whileAnswerWaits', 'src/lib/work.ts', 'app'],
    ['one in a worker', 'taskWork', 'worker.mjs', 'app'],
  ])('%s is named, with its file and its time', (_, name, file, origin) => {
    for (const span of requests.flatMap(({ spans }) => named(spans, name)))
      expect(span.attributes).toMatchObject({
        'onetrace.inferred': true,
        'onetrace.kind': 'cpu',
        'code.function.name': name,
        'code.file.path': file,
        'onetrace.origin': origin,
      });
    const ratio = accuracy(
      (planted) => planted[name] ?? 0,
      (spans) => sum(named(spans, name).map(duration)),
    );
    expect(ratio).closeTo(1, 0.15);
  });

  test('garbage collection', () => {
    const ratio = accuracy(
      ({ collect = 0 }) => collect,
      (spans) => sum(named(spans, 'garbage collection').map(duration)),
    );
    expect(ratio).closeTo(1, 0.15);
  });

  test('a timer that belongs to nobody has the event loop', () => {
    const name = 'event loop busy: timer';
    const places = requests
      .flatMap(({ spans }) => named(spans, name))
      .map(({ attributes }) => attributes['code.file.path']);
    expect(places.filter((place) => place === 'src/lib/work.ts').length).toBeGreaterThan(REQUESTS / 2);
    // Several spans waited for it at the same time, and each of them says so: the one that waited longest.
    const longest = (spans: ReceivedSpan[]) => {
      const byParent = Map.groupBy(named(spans, name), ({ parentSpanId }) => parentSpanId);
      return Math.max(0, ...[...byParent.values()].map((waits) => sum(waits.map(duration))));
    };
    expect(accuracy(({ beat = 0 }) => beat, longest)).closeTo(1, 0.15);
  });

  test('waiting, with nothing to do', () => {
    const part = (kind: string) => (spans: ReceivedSpan[]) =>
      Number(root(spans).attributes[`onetrace.time.${kind}_ms`]);
    const planted = ({ idle = 0, heartbeat = 0, beat = 0 }) => idle + heartbeat - beat;
    const waited = accuracy(planted, part('wait'));
    // A machine without a free CPU does not sample either: what is not known is not claimed.
    expect(waited).toBeLessThan(1.15);
    expect(waited + accuracy(planted, part('unknown'))).toBeGreaterThan(0.85);
  });

  test('an answer that waits has a span of its own', () => {
    const waits = requests.map(({ spans }) => named(spans, 'worker.answer_wait')[0]);
    expect(waits.filter((span) => span !== undefined && duration(span) > 3).length).toBeGreaterThan(REQUESTS / 2);
  });

  test('the frontmatter of a component is called by its file', () => {
    const found = requests.flatMap(({ spans }) => named(spans, 'Card.astro'));
    expect(found.length).toBeGreaterThan(REQUESTS / 2);
    expect(found[0]?.attributes).toMatchObject({ 'code.file.path': 'src/components/Card.astro' });
  });

  test('the sums of every request and every task are its duration', () => {
    const roots = requests.flatMap(({ spans }) => [root(spans), ...named(spans, 'worker.run')]);
    expect(roots).toHaveLength(2 * REQUESTS);
    for (const span of roots) {
      const parts = ['cpu', 'gc', 'blocked', 'wait', 'unknown'].map(
        (kind) => span.attributes[`onetrace.time.${kind}_ms`],
      );
      expect(sum(parts.map(Number))).closeTo(duration(span), 0.01);
    }
  });
});

test("two requests at once: the one that waits is told which other one has the event loop, and the work is the other one's", async () => {
  const [waiting, other] = await Promise.all([server.ask('/waiting'), server.ask('/other')]);
  const waited = await server.trace(waiting.traceId);
  const worked = await server.trace(other.traceId);
  expect(waited.map(({ name }) => name)).toContain('event loop busy: GET /other');
  expect(waited.map(({ name }) => name)).not.toContain('otherWork');
  expect(duration(worked.find(({ name }) => name === 'otherWork') as ReceivedSpan)).toBeGreaterThan(10);
});

test('5,000 functions on the stack: the request is served, recursion is one span', async () => {
  const { traceId, body } = await server.ask('/deep');
  expect(Number(body)).toBeGreaterThan(5000);
  const spans = await server.trace(traceId);
  expect(spans.filter(({ name }) => name === 'dive')).toHaveLength(1);
});

test('who is not trusted is served, and gets no samples', async () => {
  await using strict = await serve(site, { ONETRACE_PROFILE: 'always', ONETRACE_PROFILE_FROM: '10.1.2.3/32' });
  const { traceId } = await strict.ask('/other');
  const spans = await strict.trace(traceId);
  expect(spans.filter(isOfProfiler)).toEqual([]);
});

test('always: what is forced has samples from the first request on, what is not marked has none', async () => {
  await using always = await serve(site, { ONETRACE_PROFILE: 'always' });
  const forced = await always.trace((await always.ask('/other', 'force')).traceId);
  expect(forced.map(({ name }) => name)).toContain('otherWork');
  const plain = await always.trace((await always.ask('/other', 'none')).traceId);
  expect(plain.filter(isOfProfiler)).toEqual([]);
});

test('on demand: the first request says that it starts, once in a while', async () => {
  await using late = await serve(site);
  const first = await late.trace((await late.ask('/other')).traceId);
  expect(root(first).attributes['onetrace.profile.unavailable']).toBe(
    'it was not running, and starts after this request',
  );
  expect(first.filter(isOfProfiler)).toHaveLength(1);
});

test('off: nothing of it is loaded', async () => {
  await using off = await serve(site, { ONETRACE_PROFILE: '', NODE_DEBUG: 'module,esm' });
  const spans = await off.trace((await off.ask('/other')).traceId);
  expect(spans.filter(isOfProfiler)).toEqual([]);
  expect(off.app.stderr).toContain('/sdk/start.');
  expect(off.app.stderr).not.toMatch(/profiler\/profiler\.|datadog/);
});

test('where there are no samples to be had, it says so once and in the trace', async () => {
  await using without = await serve(site, { ONETRACE_PROFILE: 'always', NODE_OPTIONS: '--no-async-context-frame' });
  const reason = 'it needs AsyncContextFrame: Node 24, or Node 22.7 with --experimental-async-context-frame';
  for (let i = 0; i < 2; i++) {
    const spans = await without.trace((await without.ask('/other')).traceId);
    expect(root(spans).attributes['onetrace.profile.unavailable']).toBe(reason);
  }
  expect(without.app.stderr).toBe(`onetrace: function samples are not available: ${reason}; spans are made as ever\n`);
});

/** Anything that the profiler has added. */
function isOfProfiler({ attributes }: ReceivedSpan): boolean {
  return Object.keys(attributes).some((key) => /^onetrace\.(inferred|time|profile)/.test(key));
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function duration(span: ReceivedSpan): number {
  return Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
}

function named(spans: ReceivedSpan[], wanted: string): ReceivedSpan[] {
  return spans.filter(({ name }) => name === wanted);
}

function root(spans: ReceivedSpan[]): ReceivedSpan {
  return spans.find(({ kind }) => kind === 2) as ReceivedSpan;
}

interface Server extends AsyncDisposable {
  receiver: Receiver;
  app: App;
  ask(path: string, mark?: string): Promise<{ traceId: string; body: string; ms: number }>;
  /** Its spans, once the root has come, which comes last. */
  trace(traceId: string): Promise<ReceivedSpan[]>;
  /** Returns when the profiler runs in all threads. */
  warmUp(path: string): Promise<void>;
}

async function serve(built: BuiltSite, env: Record<string, string> = {}): Promise<Server> {
  const receiver = await new Receiver().listen();
  const port = await freePort();
  const app = new App(
    built.entry,
    {
      HOST: '127.0.0.1',
      PORT: port,
      ONETRACE_PROFILE: 'on-demand',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      ...receiver.env,
      ...env,
    },
    ['--expose-gc', '--import', REGISTER],
    { cwd: built.folder },
  );
  await app.prints(/listening/);
  const server: Server = {
    receiver,
    app,
    async ask(path, mark = 'profile') {
      const traceId = randomBytes(16).toString('hex');
      const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
      const start = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { traceparent, tracestate: `onetrace=${mark}` },
      });
      return { traceId, body: await response.text(), ms: performance.now() - start };
    },
    async trace(traceId) {
      const mine = () => receiver.spans.filter((span) => span.traceId === traceId);
      const complete = () => {
        const names = new Map(mine().map((span) => [span.spanId, span.name]));
        const runs = [...names.values()].filter((name) => name === 'worker.run').length;
        const tasks = [...names.values()].filter((name) => name.startsWith('worker.task')).length;
        return mine().some(({ kind }) => kind === 2) && runs === tasks;
      };
      await pWaitFor(complete, {
        interval: 10,
        timeout: {
          milliseconds: 10_000,
          fallback: () => {
            throw new Error(`incomplete: ${mine().map(({ name }) => name)}; stderr: ${app.stderr}`);
          },
        },
      });
      return mine();
    },
    async warmUp(path) {
      await pWaitFor(
        async () => {
          const spans = await server.trace((await server.ask(path)).traceId);
          const runs = spans.filter(({ name, kind }) => name === 'worker.run' || kind === 2);
          return runs.every(({ attributes }) => attributes['onetrace.profile.samples'] !== undefined);
        },
        { interval: 200, timeout: 20_000 },
      );
    },
    async [Symbol.asyncDispose]() {
      receiver.close();
      await app.kill();
    },
  };
  return server;
}
