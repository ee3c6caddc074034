import { callTree, count, foldShort, type Inferred } from './call-tree.ts';
import type { CodeFunction } from './functions.ts';
import { shownPath } from './paths.ts';
import type { Kind, Slice } from './slices.ts';
import { type SpanNode, type SpanTree, selfTimes } from './span-tree.ts';

export interface Explanation {
  /** What lies below each span, by its id. */
  inferred: Map<string, Inferred[]>;
  /** ms; together the request's duration. */
  times: Record<Kind, number>;
  /** How many samples stand behind it. */
  samples: number;
}

/** More than a person looks at, and than an exporter takes at once. */
const MAX_CALLS = 1000;
/** Folding calls as long as this makes no difference any more. */
const LONG_MS = 10_000;
const MAX_WAITS = 500;
/** ms; a wait shorter than that is in the sums only. */
const MIN_WAIT_MS = 0.1;

/** What explains a request, from what the thread did while it was open. */
export function explain(tree: SpanTree, slices: readonly Slice[], minMs: number): Explanation {
  const inferred = calls(slices, minMs);
  for (const { node, wait } of waits(tree, slices)) {
    const below = inferred.get(node.id);
    if (below === undefined) inferred.set(node.id, [wait]);
    else below.push(wait);
  }
  return { inferred, times: sums(slices), samples: slices.filter(({ sample }) => sample !== undefined).length };
}

function calls(slices: readonly Slice[], minMs: number): Map<string, Inferred[]> {
  const own = slices.filter(({ spanId }) => spanId !== undefined);
  const bySpan = new Map<string, Inferred[]>();
  for (const [spanId, ofSpan] of Map.groupBy(own, (slice) => slice.spanId ?? ''))
    bySpan.set(spanId, callTree(ofSpan, pathOf));
  bound(bySpan, minMs);
  return bySpan;
}

/** First calls inside others go, then whole ones, the shortest first; their time stays in the sums. */
function bound(bySpan: Map<string, Inferred[]>, minMs: number): void {
  const amount = () => [...bySpan.values()].reduce((sum, below) => sum + count(below), 0);
  for (let least = minMs; ; least = 2 * least + 1) {
    for (const below of bySpan.values()) foldShort(below, least);
    if (amount() <= MAX_CALLS) return;
    if (least > LONG_MS) break;
  }
  const longest = new Set(
    [...bySpan.values()]
      .flat()
      .sort((a, b) => b.to - b.from - (a.to - a.from))
      .slice(0, MAX_CALLS),
  );
  for (const [id, below] of bySpan)
    bySpan.set(
      id,
      below.filter((call) => longest.has(call)),
    );
}

/** No stack: the event loop itself, on this request's behalf. */
function pathOf({ sample }: Slice): CodeFunction[] {
  return sample?.frame === undefined ? [] : shownPath(sample.frame);
}

/** Which spans waited: those that were open and had no child open, one or several at a time. */
function waits(tree: SpanTree, slices: readonly Slice[]): { node: SpanNode; wait: Inferred }[] {
  const stretches = merged(slices);
  const found: { node: SpanNode; wait: Inferred }[] = [];
  for (const node of tree.all())
    for (const [from, to] of selfTimes(node))
      for (const stretch of stretches) {
        if (stretch.to <= from) continue;
        if (stretch.from >= to) break;
        const wait = piece(stretch, Math.max(from, stretch.from), Math.min(to, stretch.to));
        if (wait.to - wait.from >= MIN_WAIT_MS) found.push({ node, wait });
      }
  if (found.length <= MAX_WAITS) return found;
  return found.sort((a, b) => b.wait.to - b.wait.from - (a.wait.to - a.wait.from)).slice(0, MAX_WAITS);
}

interface Stretch {
  kind: 'blocked' | 'wait';
  what: string | undefined;
  from: number;
  to: number;
  slices: Slice[];
}

/** Neighbours of one kind, in order. */
function merged(slices: readonly Slice[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const slice of slices) {
    const { kind, what, from, to } = slice;
    if (kind !== 'blocked' && kind !== 'wait') continue;
    const last = stretches.at(-1);
    if (last !== undefined && last.to === from && last.kind === kind && last.what === what) {
      last.to = to;
      last.slices.push(slice);
    } else stretches.push({ kind, what, from, to, slices: [slice] });
  }
  return stretches;
}

function piece({ kind, what, slices }: Stretch, from: number, to: number): Inferred {
  const inside = slices.filter(({ sample }) => sample !== undefined && sample.at >= from && sample.at < to);
  const code = kind === 'blocked' ? busiest(inside) : undefined;
  return { kind, what, from, to, samples: inside.length, code, children: [] };
}

/** The function that was found most often, of those that a person would look at. */
function busiest(slices: readonly Slice[]): CodeFunction | undefined {
  const found = new Map<CodeFunction, number>();
  for (const slice of slices) {
    const path = pathOf(slice);
    const code = path.findLast(({ origin }) => origin === 'app') ?? path.at(-1);
    if (code !== undefined) found.set(code, (found.get(code) ?? 0) + 1);
  }
  return [...found].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function sums(slices: readonly Slice[]): Record<Kind, number> {
  const times: Record<Kind, number> = { cpu: 0, gc: 0, blocked: 0, wait: 0, unknown: 0 };
  for (const { kind, from, to } of slices) times[kind] += to - from;
  return times;
}
