import type { Settings } from '../../settings.ts';

/** One row of the table that `make bench` prints. */
export interface Measurement {
  promise: string;
  /** What is promised, in words: "median ≤ 1.5 s over 20 runs". */
  measure: string;
  /** What was measured, with its unit. */
  figure: string;
  kept: boolean;
}

/** How much to measure where that can be chosen. */
export interface Size {
  rounds: number;
  /** In each round. */
  requests: number;
}

/** Something the README promises and how it is measured on a stack in local mode. */
export interface Promised {
  /** For `make bench ONLY=`. */
  name: string;
  title: string;
  measure: (settings: Settings, report: (line: string) => void, size: Size) => Promise<Measurement[]>;
}
