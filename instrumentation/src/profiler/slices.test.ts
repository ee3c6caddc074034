import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, test } from 'vitest';
import { stack } from '../../test/support/stacks.ts';
import { explain } from './explain.ts';
import type { Label, LocalRoot } from './roots.ts';
import type { Sample } from './samples.ts';
import { slice } from './slices.ts';
import { SpanTree } from './span-tree.ts';

type Drawn = [id: string, start: number, end: number, parent?: string, scope?: string];

function spanOf([id, start, end, parent, scope = 'app']: Drawn): ReadableSpan {
  const time = (ms: number) => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
  return {
    name: id,
    spanContext: () => ({ spanId: id }),
    ...(parent && { parentSpanContext: { spanId: parent } }),
    startTime: time(start),
    endTime: time(end),
    attributes: {},
    instrumentationScope: { name: scope },
  } as unknown as ReadableSpan;
}

/** A request with spans, the first of which is its root; `entered` are those in whose context something ran. */
function request(spans: Drawn[], entered = spans.map(([id]) => id)) {
  const [first = ['root', 0, 0], ...others] = spans;
  const root = {
    name: 'GET /',
    ended: Number.POSITIVE_INFINITY,
    spans: others.map(spanOf),
    entered: new Set(entered),
  } as unknown as LocalRoot;
  return { root, tree: new SpanTree(root, spanOf(first), 0) };
}

const other = { name: 'GET /other', ended: Number.POSITIVE_INFINITY } as unknown as LocalRoot;

/**
 * One word a ms, the first at 0.5: `span:function` is this request's work, `other:function` another one's, `:function` nobody's; `…`
 * means that the thread was not sampled.
 */
function samples(root: LocalRoot, words: string): Sample[] {
  const labels = new Map<string, Label>();
  const labelOf = (whose: string): Label => {
    const label = labels.get(whose) ?? { root: whose === 'other' ? other : root, span: undefined, spanId: whose };
    labels.set(whose, label);
    return label;
  };
  return words.split(' ').flatMap((word, index): Sample[] => {
    if (word === '…') return [];
    const at = index + 0.5;
    const bare = { at, frame: undefined, label: undefined };
    if (word === 'idle' || word === 'native') return [{ ...bare, kind: word }];
    const [whose, what = ''] = word.split(':');
    const label = whose ? labelOf(whose) : undefined;
    if (what === 'GC') return [{ ...bare, kind: 'gc', label }];
    const timer = {
      ...stack('node:processTimers'),
      code: { ...stack('node:processTimers').code, file: 'node:internal/timers' },
    };
    const shown = stack(`app:${what}`);
    return [
      {
        at,
        kind: 'code',
        label,
        frame: what === 'tick' ? { ...shown, parent: timer } : what === 'onStart' ? stack('ours:onStart') : shown,
      },
    ];
  });
}

function drawn(spans: Drawn[], words: string, entered?: string[]): string[] {
  const { root, tree } = request(spans, entered);
  return slice(root, tree, samples(root, words), 1).map(
    ({ from, to, kind, spanId, what }) => `${from}–${to} ${kind}${spanId ? ` ${spanId}` : ''}${what ? ` ${what}` : ''}`,
  );
}

describe('what the thread did while a request was open', () => {
  test('its own work, waiting, and another request', () => {
    expect(drawn([['root', 0, 4]], 'root:f idle other:g root:f')).toEqual([
      '0–1 cpu root',
      '1–2 wait',
      '2–3 blocked GET /other',
      '3–4 cpu root',
    ]);
  });

  test('before and after it is not its business', () => {
    expect(drawn([['root', 1, 2]], 'other:g root:f other:g')).toEqual(['1–2 cpu root']);
  });

  test('spans begin and end where they say, not halfway between two samples', () => {
    const spans: Drawn[] = [
      ['root', 0, 4],
      ['child', 0.75, 3.25, 'root'],
    ];
    expect(drawn(spans, 'root:f child:g child:g root:f')).toEqual([
      '0–0.75 cpu root',
      '0.75–2 cpu child',
      '2–3.25 cpu child',
      '3.25–4 cpu root',
    ]);
  });

  test('work in the context of a span that has ended counts for the one around it', () => {
    const spans: Drawn[] = [
      ['root', 0, 3],
      ['child', 0, 1, 'root'],
    ];
    expect(drawn(spans, 'child:f child:f child:f')).toEqual(['0–1 cpu child', '1–2 cpu root', '2–3 cpu root']);
  });

  test('a span around a call whose context nobody enters', () => {
    const spans: Drawn[] = [
      ['root', 0, 3],
      ['SELECT', 1, 2, 'root', '@onetrace/instrumentation/sqlite'],
    ];
    expect(drawn(spans, 'root:f root:all root:f', ['root'])).toEqual([
      '0–1 cpu root',
      '1–2 cpu SELECT',
      '2–3 cpu root',
    ]);
  });

  test('what is nobody’s: a timer, a function, the collector, the loop itself', () => {
    expect(drawn([['root', 0, 6]], 'idle :tick :g :GC native idle')).toEqual([
      '0–1 wait',
      '1–2 blocked timer',
      '2–3 blocked g',
      '3–4 blocked garbage collection',
      '4–5 blocked Node.js',
      '5–6 wait',
    ]);
  });

  test('the loop, and what makes spans, work for whom they call', () => {
    expect(drawn([['root', 0, 4]], ':onStart root:f native idle')).toEqual([
      '0–1 cpu root',
      '1–2 cpu root',
      '2–3 cpu root',
      '3–4 wait',
    ]);
  });

  test('where nothing was sampled for long, only what went on before and after is known', () => {
    const gap = Array(30).fill('…').join(' ');
    expect(drawn([['root', 0, 32]], `root:f ${gap} root:g`)).toEqual([
      '0–10.5 cpu root',
      '10.5–16 unknown',
      '16–21.5 unknown',
      '21.5–32 cpu root',
    ]);
    expect(drawn([['root', 0, 32]], `root:f ${gap} root:f`)).toEqual(['0–16 cpu root', '16–32 cpu root']);
    expect(drawn([['root', 0.6, 1.4]], 'root:f root:f')).toEqual(['0.6–1.4 unknown']);
  });
});

describe('the explanation', () => {
  function explained(spans: Drawn[], words: string) {
    const { root, tree } = request(spans);
    return explain(tree, slice(root, tree, samples(root, words), 1), 0);
  }

  test('its sums are the duration', () => {
    const { times, samples: count } = explained([['root', 0, 6]], 'root:f root:GC idle other:g … idle');
    expect(times).toEqual({ cpu: 1, gc: 1, wait: 2.5, blocked: 1.5, unknown: 0 });
    expect(count).toBe(5);
  });

  test('those wait that were open and had no child open, several at a time', () => {
    const { inferred } = explained(
      [
        ['root', 0, 6],
        ['a', 1, 5, 'root'],
        ['b', 2, 4, 'root'],
      ],
      'root:f idle idle idle other:g root:f',
    );
    const found = [...inferred].map(([id, calls]) => [
      id,
      ...calls.map(({ kind, what, from, to }) => `${what ?? kind} ${from}–${to}`),
    ]);
    expect(Object.fromEntries(found.map(([id, ...calls]) => [id, calls]))).toEqual({
      root: ['cpu 0–1', 'cpu 5–6'],
      a: ['wait 1–4', 'GET /other 4–5'],
      b: ['wait 2–4'],
    });
  });

  test('a request of very many calls and waits is bounded; its sums are not', () => {
    const words = Array.from({ length: 3000 }, (_, index) => `root:f${index % 2} idle`).join(' ');
    const { inferred, times } = explained([['root', 0, 6000]], words);
    const byKind = Map.groupBy(inferred.get('root') ?? [], ({ kind }) => kind);
    expect([byKind.get('cpu')?.length, byKind.get('wait')?.length]).toEqual([1000, 500]);
    expect([times.cpu, times.wait]).toEqual([3000, 3000]);
  });
});
