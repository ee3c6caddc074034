import type { Node } from './node.ts';

/** A stretch of time, ns since the trace's epoch, and the span that the answer was waiting for in it. */
export interface PathSegment {
  node: Node;
  start: number;
  end: number;
}

export interface CriticalPath {
  /** By time. They cover the root from its start to its end, without gap or overlap. */
  segments: PathSegment[];
  /** Every span that the path touches: also those whose own time it never is. */
  nodes: Set<Node>;
}

/**
 * Walks back from the root's end. What ended last held up the end; what had ended before *that* began held up its beginning:
 *
 *     root   ├──────────────────────────┤
 *     a        ├──────┤
 *     b            ├────────┤                  b ended last, and a had not ended when b began
 *     c                        ├────┤
 *     path   ──aaaa bbbbbbbb ──cccccc───       – the root's own time
 *
 * A child that was still running at such a moment (a, where b begins; background work; a child that outlives its parent) has caused
 * nothing that is known of. It is taken only where no other child explains the time, the oldest such child first: so a stretch is a
 * span's own only when none of its children was running.
 *
 * Children that nobody waits for (`awaited`) are not looked at.
 *
 * Iterative, n log n: Jaeger's own walk recurses, and fails on a few thousand siblings.
 */
export function criticalPath(root: Node): CriticalPath {
  const segments: PathSegment[] = [];
  const nodes = new Set<Node>();
  const progress = new Map<Node, Progress>();
  // Following still-running children could cost a walk down the whole tree for each of many tiny gaps: made-up traces do it.
  let descents = 0;
  let budget = 10_000;

  const stack: Window[] = [{ node: root, start: root.start, cursor: root.end }];
  for (let window = stack.at(-1); window; window = stack.at(-1)) {
    const { node, start, cursor } = window;
    const state = progress.get(node) ?? begin(node, progress);
    if (!nodes.has(node)) {
      nodes.add(node);
      budget += 10;
    }
    if (cursor <= start) {
      stack.pop();
      continue;
    }
    const child = lastEnded(state, cursor);
    if (child?.end === cursor) {
      passOver(state);
      if (child.start < cursor) enter(window, child, Math.max(child.start, start));
      continue;
    }
    // Nothing ended in here.
    const lower = child ? Math.max(child.end, start) : start;
    const running = state.oldestRunning;
    if (running && running.start < cursor && descents++ < budget) {
      enter(window, running, Math.max(running.start, lower));
    } else {
      segments.push({ node, start: lower, end: cursor });
      window.cursor = lower;
    }
  }
  return { segments: merge(segments.reverse()), nodes };

  /** The child answers for the time from `from` to the cursor, and the window goes on before it. */
  function enter(window: Window, child: Node, from: number): void {
    stack.push({ node: child, start: from, cursor: window.cursor });
    window.cursor = from;
  }
}

/** The part of a node that is still to be explained: from its start back up to the cursor. */
interface Window {
  node: Node;
  start: number;
  cursor: number;
}

/** A node may be visited in several windows, always further back in time: its children are passed over once. */
interface Progress {
  /** Latest end first; of equal ends the longest, because children come by start. */
  byEnd: Node[];
  next: number;
  /** Of the children passed over, the one that started first. */
  oldestRunning: Node | null;
}

function begin(node: Node, progress: Map<Node, Progress>): Progress {
  const byEnd = node.children.filter((child) => child.awaited).sort((a, b) => b.end - a.end);
  const state = { byEnd, next: 0, oldestRunning: null };
  progress.set(node, state);
  return state;
}

/** The last child that had ended by then. */
function lastEnded(state: Progress, cursor: number): Node | undefined {
  for (let child = state.byEnd[state.next]; child && child.end > cursor; child = state.byEnd[state.next])
    passOver(state);
  return state.byEnd[state.next];
}

function passOver(state: Progress): void {
  const child = state.byEnd[state.next++];
  if (child && (state.oldestRunning === null || child.start < state.oldestRunning.start)) state.oldestRunning = child;
}

/** A span's own time on both sides of a zero-length child is one stretch. */
function merge(segments: PathSegment[]): PathSegment[] {
  const merged: PathSegment[] = [];
  for (const segment of segments) {
    const last = merged.at(-1);
    if (last && last.node === segment.node && last.end === segment.start) last.end = segment.end;
    else merged.push(segment);
  }
  return merged;
}
