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

  function pathOf(drawing: string): string {
    const { main } = buildTree(draw(drawing));
    if (!main) throw new Error('expected a root in the drawing');
    const { segments } = criticalPath(main);
    return segments.map(({ node, start, end }) => node.span.name.charAt(0).repeat((end - start) / NS_PER_MS)).join('');
  }
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
  test('a chain of 100,000 spans, one inside the other', () => {
    expect(segmentsOf(100_000, (index) => index - 1)).toBe(199_999);
  });

  test('100,000 siblings', () => {
    expect(segmentsOf(100_000, () => 0)).toBe(199_999);
  });

  test('many tiny gaps over a deep chain of background work are cut short', () => {
    // Half of the spans are siblings with gaps between them, half a chain that runs all the while.
    const half = 20_000;
    const segments = segmentsOf(2 * half, (index) => (index <= half ? 0 : index === half + 1 ? 0 : index - 1));
    expect(segments).toBeLessThan(20 * half);
  });

  /** Starts rise and ends fall with depth; siblings stand side by side. */
  function segmentsOf(count: number, parentOf: (index: number) => number): number {
    const [blank] = draw('x |').spans;
    if (!blank) throw new Error('expected a span');
    const chain = (index: number) => index === 0 || parentOf(index) !== 0 || parentOf(index + 1) === index;
    const spans = Array.from({ length: count }, (_, index) => ({
      ...blank,
      spanId: `s${index}`,
      parentId: index === 0 ? null : `s${parentOf(index)}`,
      start: chain(index) ? index : 10 * index,
      end: chain(index) ? 100 * count - index : 10 * index + 5,
    }));
    const { main } = buildTree({ ...draw(''), spans });
    if (!main) throw new Error('expected a root');
    return criticalPath(main).segments.length;
  }
});
