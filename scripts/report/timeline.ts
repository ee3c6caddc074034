import { criticalPath } from '../analysis/critical-path.ts';
import { explainPath } from '../analysis/profile/explain-path.ts';
import { type Frame, framesOf } from '../analysis/profile/frames.ts';
import { buildTree } from '../analysis/tree.ts';
import type { Trace } from '../model/trace.ts';

/** One request as stacks, one after the other, without gap or overlap: from the root's span to the function that had the time. */
export interface Timeline {
  label: string;
  stretches: { frames: Frame[]; ns: number }[];
}

export function buildTimeline(label: string, trace: Trace): Timeline {
  const { main } = buildTree(trace);
  const pieces = main ? explainPath(criticalPath(main)) : [];
  return {
    label,
    stretches: pieces.map(({ node, leaf, start, end }) => ({ frames: framesOf(node, leaf), ns: end - start })),
  };
}
