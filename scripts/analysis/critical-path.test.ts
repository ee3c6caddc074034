import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../test/traces/arbitrary.ts';
import { draw } from '../../test/traces/draw.ts';
import { NS_PER_MS } from '../model/units.ts';
import { criticalPath } from './critical-path.ts';
import { buildTree } from './tree.ts';

/** The `path` line names, for each millisecond, the span that the critical path is in. */
const cases: Record<string, string> = {
  'a span alone': `
      r     ├─────┤
      path  rrrrrr`,
  'children one after the other': `
      r     ├──────────────┤
       a      ├───┤
       b            ├───┤
      path  rraaaarrbbbbrrr`,
  'a child ends exactly where the next starts': `
      r     ├──────────┤
       a    ├────┤
       b         ├─────┤
      path  aaaaabbbbbb`,
  'children that run at once: the last to end holds up the answer': `
      r     ├────────────┤
       a     ├───┤
       b     ├─────────┤
       c      ├──┤
      path  rbbbbbbbbbbrr`,
  'of two that end together the longer one': `
      r     ├──────────┤
       a     ├───────┤
       b        ├────┤
      path  raaaaaaaarr`,
  'an overlap without a known cause: the child that was running has the time before': `
      r     ├──────────────────┤
       a    ├────────┤
       b         ├─────────────┤
      path  aaaaabbbbbbbbbbbbbb`,
  'work in the background does not hide the chain of those that waited for one another': `
      r     ├───────────────────┤
       bg    ├───────────┤
       b     ├──────┤
       c            ├───────────┤
      path  rbbbbbbbcccccccccccc`,
  'a child that outlives its parent is taken only where nothing else explains the time': `
      r     ├──────────────┤
       x       ├───────────────────┤
       a        ├───────┤
      path  rrrxaaaaaaaaxxx`,
  'a child that began before its parent': `
      r         ├──────┤
       a    ├──────┤
      path      aaarrrr`,
  'children without a length take no time': `
      r     ├──────┤
       a       |
       b           |
      path  rrrrrrr`,
  'a root without a length has an empty path': `
      r     |
       a    |
      path  `,
  'through all levels': `
      r     ├────────────────┤
       a     ├──────────────┤
        b      ├────┤
         c      ├─┤
        d            ├────┤
      path  raabccbbadddddaar`,
};

describe('hand-drawn', () => {
  test.each(Object.entries(cases))('%s', (_, drawing) => {
    expect(pathOf(drawing)).toBe(drawing.match(/path +(\S*)/)?.[1]);
  });

  const follows = (spanId: string) => ({
    links: [
      {
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        spanId: spanId.padStart(16, '0'),
        traceState: '',
        attributes: { 'opentracing.ref_type': 'follows_from' },
      },
    ],
  });

  const detailed: [name: string, drawing: string, details: Parameters<typeof draw>[1]][] = [
    [
      'what only follows from its parent was not waited for',
      `
      r     ├───────────────────┤
       a      ├───┤
       f       ├──────────┤
        g        ├──────┤
      path  rraaaarrrrrrrrrrrrrr`,
      { f: follows('a1') },
    ],
    [
      'a root that is linked to an earlier span stands below it, and is not waited for',
      `
      r     ├──────────┤
      a         ├──────────────────┤
      path  rrrrrrrrrrr`,
      { a: follows('a1') },
    ],
    [
      'samples explain the own time of a span, they do not take it away',
      `
      r     ├──────────────┤
       i     ├──────┤
       a       ├─┤
      path  rrraarrrrrrrrrr`,
      { i: { attributes: { 'onetrace.inferred': true } } },
    ],
    [
      'a server whose clock is behind runs within the call',
      `
      api/r         ├────────────────┤
        api/c         ├───────────┤
         db/s    ├───────┤
          db/q     ├───┤
      path          rrssqqqqssccccrrr`,
      { c: { kind: 'client' }, s: { kind: 'server' } },
    ],
    [
      'of several roots that which was sent as one, however long the others',
      `
      r     ├────────┤
       a      ├───┤
      x     ├────────────────────┤
      path  rraaaarrr`,
      { x: { parentId: 'ffffffffffffffff' } },
    ],
    [
      'only spans whose parents are missing: the longest',
      `
      x     ├────┤
      y        ├─────────┤
       a         ├──┤
      path     yyaaayyyyy`,
      { x: { parentId: 'ffffffffffffffff' }, y: { parentId: 'fffffffffffffffe' } },
    ],
  ];

  test.each(detailed)('%s', (_, drawing, details) => {
    expect(pathOf(drawing, details)).toBe(drawing.match(/path +(\S*)/)?.[1]);
  });

  function pathOf(drawing: string, details: Parameters<typeof draw>[1] = {}): string {
    const { main } = buildTree(draw(drawing, details));
    if (!main) throw new Error('expected a root in the drawing');
    const { segments } = criticalPath(main);
    return segments.map(({ node, start, end }) => node.span.name.charAt(0).repeat((end - start) / NS_PER_MS)).join('');
  }
});

test('spans that the path passes through are on it; those beside it are not', () => {
  const { main } = buildTree(
    draw(`
      r     ├──────────┤
       a    ├──────┤
        b   ├──────┤
        c      ├──┤
       d             |
    `),
  );
  if (!main) throw new Error('expected a root in the drawing');
  expect([...criticalPath(main).nodes].map((node) => node.span.name)).toEqual(['r', 'a', 'b']);
});

describe('for any trace', () => {
  test('the segments partition the duration of the root', () => {
    fc.assert(
      fc.property(anyTrace(), (trace) => {
        for (const root of buildTree(trace).roots) {
          let at = root.start;
          for (const { start, end } of criticalPath(root).segments) {
            expect(start).toBe(at);
            expect(end).toBeGreaterThan(start);
            at = end;
          }
          expect(at).toBe(root.end);
        }
      }),
    );
  });

  test('a stretch is its span’s own only while none of its children is running', () => {
    fc.assert(
      fc.property(anyTrace(), (trace) => {
        for (const root of buildTree(trace).roots) {
          for (const { node, start, end } of criticalPath(root).segments) {
            expect(
              node.children.filter((child) => child.start < end && child.end > start && child.start < child.end),
            ).toEqual([]);
          }
        }
      }),
    );
  });

  test('shifting all clocks changes nothing', () => {
    fc.assert(
      fc.property(anyTrace(), fc.nat(1_000_000_000), (trace, by) => {
        const shifted = {
          ...trace,
          spans: trace.spans.map((span) => ({ ...span, start: span.start + by, end: span.end + by })),
        };
        const path = (of: typeof trace, offset: number) =>
          buildTree(of).roots.flatMap((root) =>
            criticalPath(root).segments.map(({ node, start, end }) => [node.span.spanId, start - offset, end - offset]),
          );
        expect(path(shifted, by)).toEqual(path(trace, 0));
      }),
    );
  });
});

describe('large', () => {
  const count = 100_000;

  test('a chain of spans, one inside the other', () => {
    const chain = Array.from({ length: count }, (_, index) => ({
      parent: index - 1,
      start: index,
      end: 2 * count - index,
    }));
    expect(criticalPath(rootOf(chain)).segments).toHaveLength(2 * count - 1);
  });

  test('siblings side by side', () => {
    expect(criticalPath(rootOf(siblings(count))).segments).toHaveLength(2 * count + 1);
  });

  test('background work is not followed down a deep chain for each of many tiny gaps', () => {
    const half = 20_000;
    const background = Array.from({ length: half }, (_, index) => ({
      parent: index === 0 ? 0 : half + index,
      start: 0,
      end: 100 * half,
    }));
    const { segments } = criticalPath(rootOf([...siblings(half), ...background]));
    const named = new Set(
      segments.map(({ node }) => Number(node.span.spanId.slice(1))).filter((index) => index > half),
    );
    // The deepest span has the gaps that were looked at first; spans further up have those for which it had become too much.
    expect(Math.max(...named)).toBe(2 * half);
    expect(named.size).toBeGreaterThan(1);
  });

  /** A root, and below it one span after the other with gaps between them. */
  function siblings(of: number) {
    const all = Array.from({ length: of }, (_, index) => ({ parent: 0, start: 10 * index + 3, end: 10 * index + 8 }));
    return [{ parent: -1, start: 0, end: 10 * of }, ...all];
  }

  function rootOf(all: { parent: number; start: number; end: number }[]) {
    const [blank] = draw('x |').spans;
    if (!blank) throw new Error('expected a span');
    const spans = all.map(({ parent, start, end }, index) => {
      return { ...blank, spanId: `s${index}`, parentId: parent < 0 ? null : `s${parent}`, start, end };
    });
    const { main } = buildTree({ ...draw(''), spans });
    if (!main) throw new Error('expected a root');
    return main;
  }
});
