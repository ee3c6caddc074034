import type { Part } from '../accounting.ts';
import { type Frame, framesOf } from './frames.ts';

/** A frame with what lies below it; frames of one name, place and kind under one parent are one. */
export interface Flame extends Frame {
  /** With everything below it. */
  ns: number;
  /** As a fraction; 0: measured. */
  samples: number;
  children: Map<string, Flame>;
}

/** Lays the explained times of any number of requests on top of one another. The root stands for all of them. */
export function flameOf(name: string, parts: Iterable<Part>): Flame {
  const root = flame({ name, location: null, kind: 'span' });
  for (const part of parts) {
    let at = root;
    add(at, part);
    for (const frame of stackOf(part)) {
      const key = JSON.stringify([frame.name, frame.location, frame.kind]);
      const below = at.children.get(key) ?? flame(frame);
      at.children.set(key, below);
      add(below, part);
      at = below;
    }
  }
  return root;
}

/** Where no function is known, the frame that ends the stack says what the span spent its own time on. */
function stackOf({ node, leaf, name, kind }: Part): Frame[] {
  const frames = framesOf(node, leaf);
  return leaf ? frames : [...frames, { name, location: null, kind }];
}

function add(to: Flame, { ns, samples }: Part): void {
  to.ns += ns;
  to.samples += samples;
}

const flame = (frame: Frame): Flame => ({ ...frame, ns: 0, samples: 0, children: new Map() });
