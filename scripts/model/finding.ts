/** A conclusion of one detector. */
export interface Finding {
  /** The detector's name: `error`, `app-not-traced` … */
  rule: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  /** Milliseconds at stake; null where time is not the point. */
  ms: number | null;
  spanIds: string[];
  /** What to do about it. */
  next: string;
}
