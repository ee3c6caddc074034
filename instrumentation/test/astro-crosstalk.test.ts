import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { App, REGISTER } from './support/app.ts';
import { freePort } from './support/port.ts';
import { type ReceivedSpan, Receiver } from './support/receiver.ts';
import { type BuiltSite, buildSite, WORKER } from './support/site.ts';
import { tree } from './support/tree.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const REQUESTS = 2000;
const AT_ONCE = 64;

/** Every request has to look like this, whatever else goes on. The number of a thread may be either's. */
const TASK = ['worker.task worker.mjs', '  worker.run', '    SELECT icon'];
const EXPECTED = [
  'GET /lookup/[id]/',
  '  astro.static_lookup',
  '  astro.route.match',
  '  astro.route.load',
  '  astro.middleware checkOrigin',
  '    astro.middleware first',
  '      astro.middleware 1',
  '        astro.middleware second',
  '          astro.page.render',
  '            astro.component [id]',
  ...TASK.map((line) => `              ${line}`),
  '              astro.component Found',
  ...TASK.map((line) => `                ${line}`),
  '              astro.component Late',
  '                astro.component Found',
  ...TASK.map((line) => `                  ${line}`),
  '  astro.response.write',
].sort();

const CARRYING = [
  'GET /lookup/[id]/',
  'astro.component Found',
  'astro.component Found',
  'astro.component [id]',
  'astro.middleware second',
  'worker.run',
  'worker.run',
  'worker.run',
];

let site: BuiltSite;
beforeAll(async () => {
  site = await buildSite();
});
afterAll(() => site.remove());

test(`${AT_ONCE} requests at once, ${REQUESTS} in all: every span is in the trace of its own request`, async () => {
  const receiver = await new Receiver().listen();
  const port = await freePort();
  const app = new App(
    site.entry,
    {
      ...receiver.env,
      ...{
        HOST: '127.0.0.1',
        PORT: port,
        FIXTURE_WORKER: WORKER,
        ONETRACE_COMPONENT_MIN_MS: '0',
        ONETRACE_SHUTDOWN_TIMEOUT: '30000',
      },
      // Nothing may be dropped: 2,000 requests of more than 20 spans come faster than a Collector is told of them.
      ...{ OTEL_BSP_MAX_QUEUE_SIZE: '100000', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2000', OTEL_BSP_SCHEDULE_DELAY: '100' },
    },
    ['--import', REGISTER],
  );
  await app.prints(/listening/i);
  const origin = `http://127.0.0.1:${port}`;
  // The pool starts with the first query, and what is posted before its threads are up goes without an envelope.
  for (const id of ['warm', 'up']) await ask(origin, id, randomBytes(16).toString('hex'));

  const asked = new Map(Array.from({ length: REQUESTS }, (_, n) => [randomBytes(16).toString('hex'), `id-${n}`]));
  const waiting = [...asked];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [traceId, id] = next;
        expect(await ask(origin, id, traceId)).toContain(`<p>${id}</p>`);
      }
    }),
  );
  app.process.kill('SIGTERM');
  await app.ended();
  receiver.close();
  expect(app.stderr).toBe('');

  const traces = Map.groupBy(receiver.spans, (span) => span.traceId);
  expect(traces.size).toBe(REQUESTS + 2);
  for (const [traceId, id] of asked) {
    const spans = traces.get(traceId) ?? [];
    // Siblings that began within a microsecond of each other have no order; the indentation says what is in what.
    expect(tree(withoutShortWaits(spans)).sort()).toEqual(EXPECTED);
    expect(spans.find((span) => span.attributes['url.path'] !== undefined)?.attributes['url.path']).toBe(
      `/lookup/${id}/`,
    );
    // Set by the app's own code: in the middleware before and after the page, in frontmatters after an await, in the worker.
    const carrying = spans.filter((span) => span.attributes['fixture.id'] !== undefined);
    const wrong = carrying.filter((span) => span.attributes['fixture.id'] !== id);
    expect(wrong.map((span) => `${span.name} of ${id} says ${span.attributes['fixture.id']}`)).toEqual([]);
    expect(carrying.map((span) => span.name).sort()).toEqual(CARRYING);
  }
});

async function ask(origin: string, id: string, traceId: string): Promise<string> {
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
  const response = await fetch(`${origin}/lookup/${id}/`, { headers, signal: AbortSignal.timeout(30_000) });
  return response.text();
}

/** Whether a wait is long enough to be a span is chance. */
function withoutShortWaits(spans: ReceivedSpan[]): ReceivedSpan[] {
  return spans.filter(({ name }) => !name.endsWith('_wait'));
}
