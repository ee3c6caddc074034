import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../test/traces/arbitrary.ts';
import { draw } from '../../test/traces/draw.ts';
import type { Trace } from '../model/trace.ts';
import { buildTree } from './tree.ts';
import { waterfall } from './waterfall.ts';

function outline(trace: Trace): string[] {
  return waterfall(buildTree(trace).roots).map(({ node, depth }) => '  '.repeat(depth) + node.span.name);
}

test('spans stand below their parents, siblings by start', () => {
  const trace = draw(`
    root      ├──────────┤
      late          ├──┤
        inner       ├┤
      early     ├──┤
  `);
  expect(outline(trace)).toEqual(['root', '  early', '  late', '    inner']);
});

test('a span whose parent is missing is a root, and the verdict stays with the one that was sent as root', () => {
  const trace = draw(
    `
    root       ├──────────┤
    orphan  ├────────────────────┤
    `,
    { orphan: { parentId: 'ffffffffffffffff' } },
  );
  const { main, warnings } = buildTree(trace);
  expect(outline(trace)).toEqual(['orphan', 'root']);
  expect(main?.span.name).toBe('root');
  expect(warnings.map(({ code }) => code)).toEqual(['missing-parent', 'several-roots']);
});

test('a cycle is cut at its earliest span', () => {
  const trace = draw(`
    x         ├──────────┤
      y         ├──────┤
        z         ├──┤
          leaf     ├┤
  `);
  const [x, , z] = trace.spans;
  if (x && z) x.parentId = z.spanId;
  expect(outline(trace)).toEqual(['x', '  y', '    z', '      leaf']);
  expect(buildTree(trace).warnings.map(({ code }) => code)).toEqual(['cycle']);
});

test('a span that is its own parent is a root', () => {
  const trace = draw('x ├──┤');
  for (const span of trace.spans) span.parentId = span.spanId;
  expect(outline(trace)).toEqual(['x']);
});

test('an empty trace has no main root', () => {
  expect(buildTree(draw(''))).toEqual({ roots: [], main: null, warnings: [] });
});

test('whatever the parents are, each span has one place', () => {
  fc.assert(
    fc.property(anyTrace(), (trace) => {
      const rows = waterfall(buildTree(trace).roots);
      expect(rows.map(({ node }) => node.span.spanId).sort()).toEqual(trace.spans.map((span) => span.spanId).sort());
    }),
  );
});

describe('clocks', () => {
  const server = { 'nginx/GET': { kind: 'server' as const }, 'app/GET': { kind: 'server' as const } };

  /** The trace after its clocks were aligned: name, start and end in ms. */
  function aligned(drawing: string, details: Parameters<typeof draw>[1] = server) {
    const { roots, warnings } = buildTree(draw(drawing, details));
    const rows = waterfall(roots).map(({ node }) => `${node.span.service} ${node.start / 1e6} ${node.end / 1e6}`);
    return { rows, warnings: warnings.map(({ message }) => message) };
  }

  test('a server that began too early is moved, with what runs on its clock', () => {
    const { rows, warnings } = aligned(`
      curl/GET           ├──────────────┤
        app/GET     ├──────────┤
          app/work       ├──┤
    `);
    expect(rows).toEqual(['curl 5 20', 'app 5 16', 'app 10 13']);
    expect(warnings).toEqual([
      "the clock of app seems to be up to 5.0 ms behind its caller's; its spans were moved into the call",
    ]);
  });

  test('a server that ended too late is moved back', () => {
    const { rows, warnings } = aligned(`
      curl/GET    ├──────────────┤
        app/GET          ├──────────┤
    `);
    expect(rows).toEqual(['curl 0 15', 'app 4 15']);
    expect(warnings).toEqual([expect.stringContaining("3.0 ms ahead of its caller's")]);
  });

  test('who agrees with a caller that was moved is moved with it, and not blamed', () => {
    const { rows, warnings } = aligned(`
      curl/GET    ├──────────────┤
        nginx/GET        ├───────────┤
          app/GET         ├────────┤
    `);
    expect(rows).toEqual(['curl 0 15', 'nginx 3 15', 'app 4 13']);
    expect(warnings).toEqual([expect.stringContaining('the clock of nginx')]);
  });

  test("nginx's whole milliseconds are no reason for a warning", () => {
    const { rows, warnings } = aligned(`
      curl/GET      ├──────────────┤
        nginx/GET  ├────────────┤
          app/GET    ├───────────┤
    `);
    expect(rows).toEqual(['curl 1 16', 'nginx 1 14', 'app 2 14']);
    expect(warnings).toEqual([]);
  });

  test('a server that outlives its caller is left where it was', () => {
    const { rows } = aligned(`
      curl/GET    ├──────┤
        app/GET      ├──────────────────┤
    `);
    expect(rows).toEqual(['curl 0 7', 'app 3 22']);
  });

  test('spans of one host have one clock: an overrun is the truth', () => {
    const resource = { 'host.name': 'web-1' };
    const { rows } = aligned(
      `
      curl/GET    ├──────────────┤
        app/GET          ├──────────┤
      `,
      // curl knows the host's name, the app its id as well.
      { 'curl/GET': { resource }, 'app/GET': { resource: { ...resource, 'host.id': 'a0' }, kind: 'server' } },
    );
    expect(rows).toEqual(['curl 0 15', 'app 7 18']);
  });

  test('a message is not taken before it was sent: that is skew', () => {
    const { rows, warnings } = aligned(
      `
      api/send        ├────────────┤
        worker/job ├──────────────────────┤
      `,
      { 'worker/job': { kind: 'consumer' } },
    );
    expect(rows).toEqual(['api 3 16', 'worker 3 26']);
    expect(warnings).toEqual([expect.stringContaining('the clock of worker')]);
  });

  test('a message taken long after it was sent is no skew', () => {
    const { rows } = aligned(
      `
      api/send    ├────────────┤
        worker/job               ├──┤
      `,
      { 'worker/job': { kind: 'consumer' } },
    );
    expect(rows).toEqual(['api 0 13', 'worker 15 18']);
  });
});
