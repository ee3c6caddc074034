import { z } from 'zod';
import type { Settings } from '../../settings.ts';

const measurement = z.object({
  promise: z.string(),
  measure: z.string().describe('what is promised, in words: "median ≤ 1.5 s over 20 runs"'),
  figure: z.string().describe('what was measured, with its unit'),
  kept: z.boolean(),
});

/** What `make bench JSON=1` prints. */
export const measurementsSchema = z.array(measurement);

/** One row of the table that `make bench` prints. */
export type Measurement = z.infer<typeof measurement>;

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

/** 0 to 1, as figures show it. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
