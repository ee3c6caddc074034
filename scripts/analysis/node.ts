import type { Span } from '../model/trace.ts';
import type { CallKind } from './semantics.ts';

/** A span in its place. Analyses read times here, where clocks agree, and not on the span, which keeps what was recorded. */
export interface Node {
  span: Span;
  parent: Node | null;
  /** Whether its parent may have waited for it. Not where it only follows from it. */
  awaited: boolean;
  /** Whether samples say so (`isInferred`), and not the program. */
  estimated: boolean;
  /** By start; of a recorded span, those that were recorded. */
  children: Node[];
  /** By start: what samples say of the time that a recorded span had for itself. Estimates, kept apart from what was measured. */
  inferred: Node[];
  /** ns since the trace's epoch. */
  start: number;
  /** ns since the trace's epoch. */
  end: number;
  /** What failed, in a few words; null: nothing. */
  error: string | null;
  /** What it asks of somebody else; null: nothing. */
  call: CallKind | null;
}

/** Ties: the one that may contain the other first. */
export function byStart(a: Node, b: Node): number {
  return a.start - b.start || b.end - a.end;
}
