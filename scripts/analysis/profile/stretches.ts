import type { Node } from '../node.ts';

/** A stretch of time, ns since the trace's epoch, and the inferred span that has it for itself. */
export interface Stretch {
  start: number;
  end: number;
  leaf: Node;
}

/**
 * The time of inferred spans without overlap, by start: the deepest has it, and of siblings that overlap the one that began first.
 *
 *     outer    ├──────────────┤
 *       inner      ├────┤
 *     next                  ├──────┤
 *     leaves   oooo iiiii ooooonnnnn
 */
export function stretchesOf(forest: readonly Node[]): Stretch[] {
  const stretches: Stretch[] = [];
  const emit = (leaf: Node | null, start: number, end: number) => {
    if (leaf && end > start) stretches.push({ start, end, leaf });
  };
  const frames: Frame[] = [{ node: null, children: forest, next: 0, cursor: -Infinity, end: Infinity }];
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    const child = frame.children[frame.next++];
    if (!child) {
      emit(frame.node, frame.cursor, frame.end);
      frames.pop();
      const parent = frames.at(-1);
      if (parent) parent.cursor = frame.end;
      continue;
    }
    const start = Math.max(child.start, frame.cursor);
    const end = Math.min(child.end, frame.end);
    if (end <= start) continue;
    emit(frame.node, frame.cursor, start);
    frames.push({ node: child, children: child.children, next: 0, cursor: start, end });
  }
  return stretches;
}

interface Frame {
  /** null: above the forest. */
  node: Node | null;
  children: readonly Node[];
  next: number;
  /** What lies before it has been given away. */
  cursor: number;
  end: number;
}

/** Cuts [start, end) at the stretches: what lies in one of them has its leaf, the rest has null. */
export function cut(start: number, end: number, stretches: readonly Stretch[]): Cut[] {
  const pieces: Cut[] = [];
  let cursor = start;
  for (let index = firstEndingAfter(stretches, start); cursor < end; index++) {
    const stretch = stretches[index];
    const from = Math.min(end, Math.max(cursor, stretch?.start ?? end));
    const to = Math.min(end, stretch?.end ?? end);
    if (from > cursor) pieces.push({ start: cursor, end: from, leaf: null });
    if (stretch && to > from) pieces.push({ start: from, end: to, leaf: stretch.leaf });
    cursor = Math.max(from, to);
  }
  return pieces;
}

export interface Cut {
  start: number;
  end: number;
  leaf: Node | null;
}

/** The index of the first stretch that ends after that time. */
export function firstEndingAfter(stretches: readonly Stretch[], time: number): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.end ?? Infinity) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
