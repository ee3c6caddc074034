import type { CodeFunction } from './functions.ts';
import type { Slice } from './slices.ts';

/** What becomes a span: a function while it ran without a pause, a garbage collection, a wait. */
export interface Inferred {
  kind: 'cpu' | 'gc' | 'blocked' | 'wait';
  /** ms since the epoch */
  from: number;
  to: number;
  samples: number;
  /** For cpu, and what kept the thread for blocked, where that is known. */
  code: CodeFunction | undefined;
  /** For blocked. */
  what: string | undefined;
  /** Functions called by this one, in order. */
  children: Inferred[];
}

/** Stands on a stack for the collector. */
const COLLECTOR: CodeFunction = { name: '', file: undefined, line: undefined, origin: 'node', library: undefined };

/**
 * The call tree over time of one span: neighbours on the time line that begin with the same functions are the same call.
 *
 *   samples    f g   f g   f h   GC   f h   –    f       (– is anything else: another span's work, a wait)
 *   inferred   ├─ f ───────────────────────┤   ├─ f ─┤
 *              ├─ g ──────┤├─ h ───────────┤
 *                                ├GC┤
 *
 * @param slices of the span, cpu and gc, in order
 * @param pathOf the functions of one that is to be shown, outermost first
 */
export function callTree(slices: readonly Slice[], pathOf: (slice: Slice) => CodeFunction[]): Inferred[] {
  const top: Inferred[] = [];
  let open: Inferred[] = [];
  slices.forEach((slice, index) => {
    const adjacent = slices[index - 1]?.to === slice.from;
    const path = slice.kind === 'gc' ? [...around(slices, index, pathOf), COLLECTOR] : pathOf(slice);
    const same = adjacent ? open.findIndex(({ code }, depth) => code !== path[depth]) : 0;
    open = same === -1 ? open : open.slice(0, same);
    for (const code of path.slice(open.length)) {
      const call: Inferred = {
        kind: 'cpu',
        from: slice.from,
        to: slice.to,
        samples: 0,
        code,
        what: undefined,
        children: [],
      };
      if (code === COLLECTOR) call.kind = 'gc';
      (open.at(-1)?.children ?? top).push(call);
      open.push(call);
    }
    for (const call of open) {
      call.to = slice.to;
      call.samples++;
    }
  });
  return top;
}

/** Calls inside others that were shorter than that, in ms, become part of their callers. */
export function foldShort(calls: readonly Inferred[], minMs: number): void {
  for (const call of calls) {
    call.children = call.children.filter(({ kind, from, to }) => kind === 'gc' || to - from >= minMs);
    foldShort(call.children, minMs);
  }
}

export function count(calls: readonly Inferred[]): number {
  return calls.reduce((sum, call) => sum + 1 + count(call.children), 0);
}

/** V8 shows no stack while it collects: what was there before and still is afterwards. */
function around(slices: readonly Slice[], index: number, pathOf: (slice: Slice) => CodeFunction[]): CodeFunction[] {
  const before = neighbour(slices, index, -1);
  const after = neighbour(slices, index, 1);
  if (before === undefined || after === undefined) return [];
  const path = pathOf(before);
  const later = pathOf(after);
  const different = path.findIndex((code, depth) => code !== later[depth]);
  return different === -1 ? path : path.slice(0, different);
}

/** The nearest that is no collection, if nothing else came between. */
function neighbour(slices: readonly Slice[], index: number, step: 1 | -1): Slice | undefined {
  for (let at = index; ; at += step) {
    const here = slices[at];
    const there = slices[at + step];
    if (here === undefined || there === undefined) return undefined;
    if (step === 1 ? here.to !== there.from : there.to !== here.from) return undefined;
    if (there.kind !== 'gc') return there;
  }
}
