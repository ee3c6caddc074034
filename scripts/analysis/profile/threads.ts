import { byStart, type Node } from '../node.ts';
import { activityOf, intervalOf, isProfiled } from './inferred.ts';
import { cut, firstEndingAfter, type Stretch, stretchesOf } from './stretches.ts';

/** What samples say of one thread while it worked for the trace. */
export interface Thread {
  /** The request that it took in, or the task. */
  root: Node;
  /** It ran something: by whichever span of the trace. */
  busy: Stretch[];
  idle: Stretch[];
}

/**
 * The thread in which a span ran, if its samples are there: several spans of one request may be open on a thread at once, and what it
 * did then is told below one of them only.
 *
 *     CodeBlock     ├───────────────┤      the path says that the answer waited for it
 *       highlight              ├────┤
 *     CodeBlock      ├────────────┤        but the thread was here
 *       highlight    ├─────────┤
 */
export function createThreads(): (node: Node) => Thread | null {
  const rootOf = new Map<Node, Node>();
  const threads = new Map<Node, Thread | null>();
  return (node) => {
    const root = findRoot(node, rootOf);
    let thread = threads.get(root);
    if (thread === undefined) {
      // Most traces have no samples: nobody walks through all their spans to see that.
      thread = isProfiled(root.span) ? describe(root) : null;
      threads.set(root, thread);
    }
    return thread;
  };
}

function findRoot(node: Node, known: Map<Node, Node>): Node {
  const way: Node[] = [];
  let at = node;
  while (!known.has(at) && !beginsThread(at)) {
    way.push(at);
    at = at.parent as Node;
  }
  const root = known.get(at) ?? at;
  for (const passed of way) known.set(passed, root);
  return root;
}

/** A thread that is found at work twice, so many intervals apart and not idle in between, was at work in between. */
const MOST_INTERVALS = 2;

/**
 * Whether the thread was at work in a moment that no sample explains: spans are shorter than the interval at which samples are taken.
 * The root begins and ends with work.
 */
export function wasAtWork({ root, busy, idle }: Thread, time: number): boolean {
  const next = firstEndingAfter(busy, time);
  const start = busy[next - 1]?.end ?? root.start;
  const end = busy[next]?.start ?? root.end;
  if (busy.length === 0 || end - start > MOST_INTERVALS * intervalOf(root.span)) return false;
  return cut(start, end, idle).every(({ leaf }) => leaf === null);
}

/** A request that a process takes in, or a task that another thread does: its samples are its own. */
function beginsThread({ span, parent }: Node): boolean {
  if (!parent || parent.span.service !== span.service) return true;
  return span.kind === 'server' || span.kind === 'consumer' || span.name === 'worker.run' || isProfiled(span);
}

function describe(root: Node): Thread {
  const forest: Node[] = [];
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const inferred of node.inferred) forest.push(inferred);
    for (const child of node.children) if (!beginsThread(child)) stack.push(child);
  }
  const { idle = [], busy = [] } = Object.groupBy(forest.sort(byStart), ({ span }) =>
    activityOf(span) === 'wait' ? 'idle' : 'busy',
  );
  return { root, busy: stretchesOf(busy), idle: stretchesOf(idle) };
}
