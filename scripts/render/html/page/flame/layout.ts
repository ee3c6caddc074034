import { type HierarchyRectangularNode, hierarchy, partition } from 'd3-hierarchy';
import type { FlameFrame } from '../../../../report/profile.ts';

export type Frame = HierarchyRectangularNode<FlameFrame>;

/** Left and width as parts of the root (0 to 1), depth as row: d3 does the arithmetic, and this page the drawing. */
export function layOut(root: FlameFrame): Frame {
  const tree = hierarchy(root);
  // A frame's value includes that of its children, so that it is given and not summed up.
  tree.each((frame) => {
    (frame as { value: number }).value = frame.data.valueMs;
  });
  tree.sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  return partition<FlameFrame>()(tree);
}

/** Frames narrower than this part of what is shown are left out: nobody could see or hit them. */
const NARROWEST = 0.0015;

/** The frame, what is below it, and what it lies in. */
export function framesIn(focus: Frame): Frame[] {
  const width = focus.x1 - focus.x0 || 1;
  const shown = focus.ancestors().slice(1).reverse();
  const stack = [focus];
  for (let frame = stack.pop(); frame; frame = stack.pop()) {
    if (frame !== focus && (frame.x1 - frame.x0) / width < NARROWEST) continue;
    shown.push(frame);
    stack.push(...(frame.children ?? []).toReversed());
  }
  return shown;
}

/** Where a frame lies while the focus has the whole width, in percent. */
export function placeIn(frame: Frame, focus: Frame): { left: number; width: number } {
  const width = focus.x1 - focus.x0 || 1;
  const from = Math.max(focus.x0, frame.x0);
  const to = Math.min(focus.x1, frame.x1);
  return { left: ((from - focus.x0) / width) * 100, width: ((to - from) / width) * 100 };
}

/** Time of the frame itself, without what it calls. */
export function selfMs({ data }: Frame): number {
  return Math.max(0, data.valueMs - data.children.reduce((sum, child) => sum + child.valueMs, 0));
}

export interface FlameRow {
  kind: FlameFrame['kind'];
  name: string;
  location: string | null;
  selfMs: number;
  /** With everything below; time below a frame of the same function is not counted twice. */
  totalMs: number;
  samples: number | null;
}

/** The same as a list: one row a function or span, by its own time. */
export function toRows(root: Frame): FlameRow[] {
  const rows = new Map<string, FlameRow>();
  const open = new Set<string>();
  // Up and down again by hand: recursion of the profiled program must not become ours.
  const stack: (Frame | string)[] = [root];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') {
      open.delete(next);
      continue;
    }
    const { kind, name, location, valueMs, samples } = next.data;
    const key = JSON.stringify([kind, name, location]);
    const row = rows.get(key) ?? { kind, name, location, selfMs: 0, totalMs: 0, samples: null };
    rows.set(key, row);
    row.selfMs += selfMs(next);
    if (!open.has(key)) {
      row.totalMs += valueMs;
      if (samples !== null) row.samples = (row.samples ?? 0) + samples;
      open.add(key);
      stack.push(key);
    }
    stack.push(...(next.children ?? []));
  }
  return [...rows.values()].sort((a, b) => b.selfMs - a.selfMs);
}

/** The matching frames, and the time in them: a match below a match is not counted twice. */
export function search(root: Frame, query: string): { found: ReadonlySet<Frame>; ms: number } | null {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return null;
  const found = new Set<Frame>();
  const within = new Set<Frame>();
  let ms = 0;
  root.each((frame) => {
    const inside = frame.parent !== null && within.has(frame.parent);
    const matches = `${frame.data.name} ${frame.data.location ?? ''}`.toLowerCase().includes(wanted);
    if (matches) found.add(frame);
    if (matches && !inside) ms += frame.data.valueMs;
    if (matches || inside) within.add(frame);
  });
  return { found, ms };
}
