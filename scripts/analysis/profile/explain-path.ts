import type { CriticalPath } from '../critical-path.ts';
import type { Node } from '../node.ts';
import { activityOf, samplesIn } from './inferred.ts';
import { type Cut, cut, type Stretch, stretchesOf } from './stretches.ts';
import { createThreads, wasAtWork } from './threads.ts';

/** A stretch of the critical path in which a span had the time for itself, and what samples say the thread did then. */
export interface Piece {
  /** The recorded span. */
  node: Node;
  /** The deepest inferred span; null: no sample was taken. */
  leaf: Node | null;
  /** Whether the thread was at work all the same, by the samples before and after. */
  atWork: boolean;
  /** ns since the trace's epoch. */
  start: number;
  end: number;
  /** As a fraction. */
  samples: number;
}

/**
 * Lays the samples under the critical path: first those of the span itself, then those that tell what its thread did meanwhile, for
 * another span of the trace or for nobody. By time; the pieces cover the path without gap or overlap.
 */
export function explainPath(path: CriticalPath): Piece[] {
  const threadOf = createThreads();
  const ownOf = memoised((node: Node) => stretchesOf(node.inferred.filter(({ span }) => activityOf(span) !== 'wait')));
  return path.segments.flatMap(({ node, start, end }) => {
    const thread = threadOf(node);
    const layers = thread ? [ownOf(node), thread.busy, thread.idle] : [];
    return lay(layers, { start, end, leaf: null }).map((piece) => {
      const atWork = piece.leaf === null && thread !== null && wasAtWork(thread, piece.start);
      return { node, ...piece, atWork, samples: atWork ? ON_BOTH_SIDES : countSamples(piece) };
    });
  });
}

/** Nothing was sampled, but an estimate it is. */
const ON_BOTH_SIDES = 0.01;

/** What one layer leaves open is looked up in the next. */
function lay(layers: readonly Stretch[][], whole: Cut): Cut[] {
  return layers.reduce<Cut[]>(
    (pieces, stretches) => pieces.flatMap((piece) => (piece.leaf ? [piece] : cut(piece.start, piece.end, stretches))),
    [whole],
  );
}

const countSamples = ({ start, end, leaf }: Cut): number => (leaf ? samplesIn(leaf, end - start) : 0);

function memoised<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
