import { describe, expect, test } from 'vitest';
import { draw } from '../../../test/traces/draw.ts';
import { sampled } from '../../../test/traces/samples.ts';
import type { Trace } from '../../model/trace.ts';
import { account } from '../accounting.ts';
import { criticalPath } from '../critical-path.ts';
import { buildTree } from '../tree.ts';

/** One line an account: ms, kind, name, place, caller, samples. */
function accounts(trace: Trace): string[] {
  const { main } = buildTree(trace);
  if (!main) throw new Error('expected a root');
  return account(criticalPath(main)).map(({ kind, name, location, caller, ns, samples }) =>
    [`${ns / 1e6} ${kind} ${name}`, location && `@ ${location}`, caller && `← ${caller}`, samples && `≈${samples}`]
      .filter(Boolean)
      .join(' '),
  );
}

/** Of a process whose profiler was on. */
const server = { kind: 'server' as const, attributes: { 'onetrace.profile.samples': 9 } };

test('the deepest function has the time; what no sample covers stays unknown', () => {
  const trace = draw(
    `
    GET /page        ├────────────────────────┤
      outer            ├───────────┤
        inner             ├────┤
      GC                           ├──┤
    `,
    {
      'GET /page': server,
      outer: sampled({ at: 'src/outer.ts:10', of: 'app', samples: 12 }),
      inner: sampled({ at: 'src/inner.ts:3', of: 'app', samples: 5 }),
      GC: sampled({ samples: 3 }, 'gc'),
    },
  );
  expect(accounts(trace)).toEqual([
    '10 unknown app: GET /page',
    '7 cpu app: outer @ src/outer.ts:10 ≈7',
    '5 cpu app: inner @ src/inner.ts:3 ≈5',
    '3 gc app: GC ≈3',
  ]);
});

test('several spans of a request open at once: the thread was where the samples are', () => {
  const trace = draw(
    `
    GET               ├───────────────────┤
      component A      ├─────────────────┤
        late                     ├───────┤
      component B      ├────────┤
        highlight      ├────────┤
    `,
    {
      GET: server,
      late: sampled({ at: 'a.ts:1', of: 'app', samples: 8 }),
      highlight: sampled({ at: 'b.ts:1', of: 'app', samples: 9 }),
    },
  );
  expect(accounts(trace)).toEqual([
    '9 cpu app: highlight @ b.ts:1 ≈9',
    '8 cpu app: late @ a.ts:1 ≈8',
    '2 unknown app: GET',
    '1 unknown app: component A',
  ]);
});

test("a worker's samples are its own thread's, and the main thread's are not the worker's", () => {
  const trace = draw(
    `
    GET                      ├───────────────────────────┤
      worker.task db.mjs      ├─────────────────────────┤
        worker.queue_wait     ├────┤
        worker.run                 ├──────┤
          query                    ├───┤
        worker.answer_wait                ├─────────────┤
      render                  ├───────────────────────┤
    `,
    {
      GET: server,
      'worker.run': { attributes: { 'onetrace.profile.samples': 4 } },
      query: sampled({ at: 'query.ts:4', of: 'app', samples: 4 }),
      render: sampled({ at: 'render.ts:8', of: 'app', samples: 24 }),
    },
  );
  expect(accounts(trace)).toEqual([
    '12 blocked app: worker.answer_wait: event loop busy: render @ render.ts:8 ≈12',
    '5 wait app: worker.queue_wait',
    '4 cpu app: query @ query.ts:4 ≈4',
    '3 unknown app: worker.run',
    '2 unknown app: GET',
    '2 blocked app: worker.answer_wait: event loop busy',
  ]);
});

test('the loop busy with another request, and nothing to do', () => {
  const trace = draw(
    `
    GET                          ├───────────────────┤
      event loop busy: GET /b      ├──────┤
      component Sleeper                   ├─────────┤
        idle                              ├─────────┤
    `,
    {
      GET: server,
      'event loop busy: GET /b': sampled({ at: 'b.ts:2', samples: 7 }, 'blocked'),
      idle: sampled({}, 'wait'),
    },
  );
  expect(accounts(trace)).toEqual([
    '10 wait app: idle in component Sleeper ≈1',
    '7 blocked app: event loop busy: GET /b @ b.ts:2 ≈7',
    '3 unknown app: GET',
  ]);
});

describe('where nothing was sampled', () => {
  const between = (gap: string) =>
    accounts(
      draw(
        `
    GET          ├────────────────┤
      before     ├────┤
      after      ${gap}
      route.match     ├─┤
        `,
        {
          GET: { kind: 'server', attributes: { 'onetrace.profile.interval_us': 1000, 'onetrace.profile.samples': 12 } },
          before: sampled({ of: 'app' }),
          after: sampled({ of: 'app' }),
        },
      ),
    );

  test('the thread was at work, if it was found at work a moment before and after', () => {
    expect(between('       ├─────────┤')).toContain('2 cpu app: route.match ≈0.01');
  });

  test('nobody knows, if that was longer ago', () => {
    expect(between('        ├────────┤')).toContain('2 unknown app: route.match');
  });
});

describe('what a span knows better than its samples', () => {
  test('a call is waited for, whatever the thread does meanwhile', () => {
    const trace = draw(
      `
      GET            ├──────────┤
        GET api      ├──────────┤
          other        ├──────┤
          idle       ├─┤
      `,
      { GET: server, 'GET api': { kind: 'client' }, other: sampled({ of: 'app' }), idle: sampled({}, 'wait') },
    );
    expect(accounts(trace)).toEqual(['11 wait app: GET api']);
  });

  test('between two services it is the network, unless the caller was busy', () => {
    const trace = draw(
      `
      GET            ├────────────────┤
        GET api      ├────────────────┤
          b/GET        ├─────┤
          busy                ├────┤
          idle       ├─┤
      `,
      {
        GET: server,
        'b/GET': server,
        'GET api': { kind: 'client' },
        busy: sampled({ at: 'busy.ts:1', of: 'app' }),
        idle: sampled({}, 'wait'),
      },
    );
    expect(accounts(trace)).toEqual(['6 network app ↔ b', '6 unknown b: GET', '5 cpu app: busy @ busy.ts:1 ≈1']);
  });

  test('a statement says more than the function of its driver; garbage collection is no statement', () => {
    const trace = draw(
      `
      GET          ├────────────┤
        SELECT     ├────────────┤
          get       ├────┤
          GC                 ├─┤
      `,
      {
        GET: server,
        SELECT: { kind: 'client', attributes: { 'db.system.name': 'sqlite' } },
        get: sampled({ of: 'node' }),
        GC: sampled({}, 'gc'),
      },
    );
    expect(accounts(trace)).toEqual(['11 cpu app: SELECT (SQLite, in the process)', '2 gc app: GC ≈1']);
  });
});

describe('whose function', () => {
  const one = (details: Parameters<typeof draw>[1]) =>
    accounts(
      draw(
        `
        GET            ├────────┤
          dispatch     ├────────┤
            highlight  ├────────┤
              toHtml   ├────────┤
                scan   ├────────┤
        `,
        { GET: server, ...details },
      ),
    );
  const dispatch = sampled({ at: 'node:internal/streams:9', of: 'node' });
  const own = sampled({ at: 'src/highlight.ts:12', of: 'app' });

  test("a library's stands under its entry, with the app's function that called it", () => {
    const library = { toHtml: sampled({ at: 'shiki/core.mjs:7', of: 'shiki' }), scan: sampled({ of: 'oniguruma' }) };
    expect(one({ dispatch, highlight: own, ...library })).toEqual([
      '9 cpu app: toHtml (shiki) @ shiki/core.mjs:7 ← highlight src/highlight.ts:12 ≈1',
    ]);
  });

  test('WebAssembly is called by somebody: it has no owner itself', () => {
    const library = {
      toHtml: sampled({ at: 'shiki/core.mjs:7', of: 'shiki' }),
      scan: sampled({ at: 'wasm://1:1', of: 'app' }),
    };
    expect(one({ dispatch, highlight: own, ...library })).toEqual([
      '9 cpu app: toHtml (shiki) @ shiki/core.mjs:7 ← highlight src/highlight.ts:12 ≈1',
    ]);
  });

  test("Node's stands under the app's function that called it", () => {
    const node = { toHtml: sampled({ of: 'node' }), scan: sampled({ of: 'node' }) };
    expect(one({ dispatch, highlight: own, ...node })).toEqual([
      '9 cpu app: highlight → toHtml @ src/highlight.ts:12 ≈1',
    ]);
  });

  test('where the app has called nothing, the entry of whoever runs', () => {
    const astro = sampled({ at: 'astro/render.js:1', of: 'astro' });
    expect(one({ dispatch, highlight: astro, toHtml: astro, scan: astro })).toEqual([
      '9 cpu app: highlight (Astro) @ astro/render.js:1 ≈1',
    ]);
  });
});

test('samples move with the clock of the span that they explain', () => {
  const trace = draw(
    `
    a/GET api     ├─────────────┤
      b/GET                ├───────────┤
        work                 ├──────┤
    `,
    {
      'a/GET api': { kind: 'client' },
      'b/GET': server,
      work: { ...sampled({ at: 'w.ts:1', of: 'app', samples: 7 }), service: 'b' },
    },
  );
  expect(accounts(trace)).toContain('7 cpu b: work @ w.ts:1 ≈7');
});

test('samples whose span has not come are left out, and it is said', () => {
  const trace = draw('GET ├────┤', { GET: server });
  const lost = draw('lost ├──┤', { lost: { ...sampled(), spanId: 'b1', parentId: 'c1' } }).spans;
  const { roots, warnings } = buildTree({ ...trace, spans: [...trace.spans, ...lost] });
  expect(roots.map(({ span }) => span.name)).toEqual(['GET']);
  expect(warnings.map(({ code }) => code)).toEqual(['inferred-without-span']);
});
