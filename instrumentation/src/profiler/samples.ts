import type { RawNode } from './engine.ts';
import type { CodeFunction } from './functions.ts';
import type { Label } from './roots.ts';

/** A function on a stack. The one that it was called by is its parent. */
export interface Frame {
  readonly parent: Frame | undefined;
  readonly code: CodeFunction;
}

/** What the thread was found doing at one moment. */
export interface Sample {
  /** ms since the epoch */
  readonly at: number;
  /**
   * `native`: neither JavaScript nor waiting, such as the event loop itself between two callbacks; `pause`: no sample, the profiler was
   * busy handing over the ones before.
   */
  readonly kind: 'code' | 'gc' | 'idle' | 'native' | 'pause';
  readonly frame: Frame | undefined;
  readonly label: Label | undefined;
}

const KINDS: Record<string, Sample['kind']> = {
  '(garbage collector)': 'gc',
  '(idle)': 'idle',
  '(program)': 'native',
};

/**
 * Reads what V8 has counted up into a tree back into a sequence of moments.
 *
 * @param since ms since the epoch: earlier samples are left out
 * @param codeOf what is known of a function, the same object for the same function
 */
export function readSamples(root: RawNode, since: number, codeOf: (node: RawNode) => CodeFunction): Sample[] {
  const samples: Sample[] = [];
  // Frames only for stacks that are wanted: most of a tree that has grown for seconds is not.
  const frames = new Map<RawNode, Frame>();
  const parents = new Map<RawNode, RawNode>();
  const frameOf = (node: RawNode): Frame => {
    let frame = frames.get(node);
    if (frame === undefined) {
      const parent = parents.get(node);
      frame = { parent: parent && frameOf(parent), code: codeOf(node) };
      frames.set(node, frame);
    }
    return frame;
  };
  // No recursion: V8 records stacks of 255 functions.
  const left = [...root.children];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    for (const { timestamp, context } of node.contexts) {
      const at = Number(timestamp) / 1000;
      if (at < since) continue;
      const kind = parents.has(node) ? 'code' : (KINDS[node.name] ?? 'code');
      samples.push({
        at,
        kind,
        frame: kind === 'code' ? frameOf(node) : undefined,
        label: context as Label | undefined,
      });
    }
    for (const child of node.children) {
      parents.set(child, node);
      left.push(child);
    }
  }
  return samples.sort((a, b) => a.at - b.at);
}
