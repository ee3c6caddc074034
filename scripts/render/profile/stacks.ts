import type { FlameFrame } from '../../report/profile.ts';

/** A stack with the time that its last frame had for itself. */
export interface Stack {
  /** Outermost first. */
  frames: FlameFrame[];
  ms: number;
  /** Of those that stand behind the time; 0: measured. */
  samples: number;
}

/** A flame graph as stacks, without the root, which stands for all. */
export function stacksOf(root: FlameFrame): Stack[] {
  const stacks: Stack[] = [];
  const visit = (frame: FlameFrame, above: FlameFrame[]) => {
    const frames = [...above, frame];
    const below = frame.children.reduce((sum, child) => sum + child.valueMs, 0);
    const ms = frame.valueMs - below;
    // Sums of many milliseconds differ in their last digit.
    if (ms > 1e-6) stacks.push({ frames, ms, samples: ownSamples(frame) });
    for (const child of frame.children) visit(child, frames);
  };
  for (const child of root.children) visit(child, []);
  return stacks;
}

function ownSamples({ samples, children }: FlameFrame): number {
  return Math.max(0, (samples ?? 0) - children.reduce((sum, child) => sum + (child.samples ?? 0), 0));
}

/** `file:line` in its parts; a file name may hold colons itself. */
export function splitLocation(location: string | null): { file?: string; line?: number } {
  if (location === null) return {};
  const [, file, line] = location.match(/^(.*):(\d+)$/) ?? [];
  return file === undefined ? { file: location } : { file, line: Number(line) };
}
