/** Every kind of finding: one detector each. Budgets name them. */
export const rules = [
  'app-not-traced',
  'error',
  'fan-out',
  'missing-index',
  'n-plus-one',
  'redirect',
  'retry',
  'sequential-calls',
  'slow-connect',
  'upstream-down',
] as const;

/** A conclusion of one detector. */
export interface Finding {
  /** The detector's name. */
  rule: (typeof rules)[number];
  severity: 'error' | 'warning' | 'info';
  message: string;
  /** Milliseconds at stake; null where time is not the point. */
  ms: number | null;
  spanIds: string[];
  /** What to do about it. */
  next: string;
}
