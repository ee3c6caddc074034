import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { App, FIXTURES, REGISTER } from '../instrumentation/test/support/app.ts';
import { freePort } from '../instrumentation/test/support/port.ts';
import { type ReceivedSpan, Receiver } from '../instrumentation/test/support/receiver.ts';
import { type BuiltSite, buildSite, WORKER } from '../instrumentation/test/support/site.ts';

const AT_ONCE = 32;
/** For compiled code and caches. 8,000 requests that left a single span each would take twice that. */
const MAX_GROWTH = 3 * 1024 * 1024;
/** A thread remembers the request that started it, a connection the last one that it brought. */
const MAX_REMEMBERED = 10;
const ERROR = 2;

let site: BuiltSite;
beforeAll(async () => {
  site = await buildSite();
});
afterAll(() => site.remove());

test('10,000 requests that go wrong: each of their spans ends, with an error where it went wrong, and nothing of them stays', async () => {
  const receiver = await new Receiver().listen();
  const port = await freePort();
  const app = new App(
    site.entry,
    {
      ...receiver.env,
      ...{ HOST: '127.0.0.1', PORT: port, FIXTURE_WORKER: WORKER },
      ...{ OTEL_BSP_MAX_QUEUE_SIZE: '100000', OTEL_BSP_SCHEDULE_DELAY: '100' },
    },
    ['--expose-gc', '--import', REGISTER, '--import', `${FIXTURES}/watch.mjs`],
  );
  await app.prints(/listening/i);
  const origin = `http://127.0.0.1:${port}`;
  /** What is left after so many more. */
  const after = async (requests: number) => {
    receiver.spans.length = 0;
    await goWrong(origin, requests);
    await vi.waitFor(() => expect(receiver.spans.filter(isRoot)).toHaveLength(requests), 20_000);
    return alive(app);
  };

  try {
    await after(100);
    for (const trace of Map.groupBy(receiver.spans, (span) => span.traceId).values()) expectErrors(trace);
    const early = await after(1900);
    const late = await after(8000);
    expect(late.heapUsed - early.heapUsed).toBeLessThan(MAX_GROWTH);
    for (const kind of ['RequestTrace', 'Span', 'Worker', 'MessagePort'] as const)
      expect(late[kind], kind).toBeLessThan(MAX_REMEMBERED);
  } finally {
    await app.kill();
    receiver.close();
  }
}, 300_000);

/** Ways to go wrong; of a hundred requests each has the share that is named. */
const WAYS: [share: number, (origin: string) => Promise<void>][] = [
  [40, throwingComponent],
  [30, abortedRequest],
  [29, hungUpClient],
  [1, dyingWorker],
];
const HUNDRED = WAYS.flatMap(([share, way]) => Array<typeof way>(share).fill(way));

async function goWrong(origin: string, requests: number): Promise<void> {
  let left = requests;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      // 37 and 100 have no common divisor: every kind comes among the others, the same each time.
      while (left-- > 0) await HUNDRED[(left * 37) % 100]?.(origin);
    }),
  );
}

/** The stream breaks off: Astro has said 200 by then. */
async function throwingComponent(origin: string): Promise<void> {
  await end(await request(`${origin}/broken/`));
}

async function abortedRequest(origin: string): Promise<void> {
  // The server says 100 as it begins with the request, so that it is not gone before it has come.
  const asked = get(`${origin}/never/`, { headers: { expect: '100-continue' } });
  await once(asked, 'continue');
  asked.on('error', () => {}).destroy();
}

async function hungUpClient(origin: string): Promise<void> {
  const response = await request(`${origin}/endless/`);
  await once(response, 'data');
  response.destroy();
}

async function dyingWorker(origin: string): Promise<void> {
  await end(await request(`${origin}/dies/`));
}

async function request(url: string): Promise<IncomingMessage> {
  const [response] = await once(get(url, { timeout: 20_000 }), 'response');
  return response.on('error', () => {});
}

async function end(response: IncomingMessage): Promise<void> {
  await new Promise((resolve) => response.once('close', resolve).resume());
}

/** Where the error has to be, by path; in the request's own span as well. What never began has no span. */
const FAILED: Record<string, string[]> = {
  '/broken/': ['astro.component Thrower', 'astro.component broken', 'astro.page.render'],
  '/never/': [],
  '/endless/': ['astro.component Never', 'astro.component endless', 'astro.page.render', 'astro.response.write'],
  '/dies/': ['worker.task worker.mjs', 'worker.run', 'astro.component dies', 'astro.page.render'],
};

function expectErrors(trace: ReceivedSpan[]): void {
  const root = trace.find(isRoot);
  const path = String(root?.attributes['url.path']);
  expect(root?.status.code, path).toBe(ERROR);
  const failed = trace.filter((span) => span.status.code === ERROR).map((span) => span.name);
  expect(failed, path).toEqual(expect.arrayContaining(FAILED[path] ?? ['no such path']));
  const ids = new Set(trace.map((span) => span.spanId));
  expect(
    trace.filter((span) => !isRoot(span) && !ids.has(span.parentSpanId ?? '')),
    path,
  ).toEqual([]);
}

function isRoot(span: ReceivedSpan): boolean {
  return span.attributes['url.path'] !== undefined;
}

async function alive(
  app: App,
): Promise<Record<'RequestTrace' | 'Span' | 'Worker' | 'MessagePort' | 'heapUsed', number>> {
  const before = app.stdout.length;
  app.process.kill('SIGUSR2');
  return vi.waitFor(() => JSON.parse(/alive (.*)\n/.exec(app.stdout.slice(before))?.[1] ?? ''), 20_000);
}
