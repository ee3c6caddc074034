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
  /** Where a database was asked. */
  plan?: PlanCheck | undefined;
}

/** What the plan of a database says about a finding. */
export interface PlanCheck {
  /** `unverified`: it could not be asked, or does not tell. */
  verdict: 'confirmed' | 'refuted' | 'unverified';
  /** Which one, as it may be shown. */
  database: string;
  /** The lines of the plan that tell. */
  lines: string[];
  /** Why it is unverified. */
  reason: string | null;
}
