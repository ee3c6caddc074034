import type { Origin } from './profile/inferred.ts';

/** A name for a part of the total. */
export interface Account {
  kind: 'cpu' | 'gc' | 'blocked' | 'wait' | 'network' | 'unknown';
  name: string;
  /** `file:line`, where samples tell. */
  location: string | null;
  /** Whose code a function is; null: not a function. */
  origin: Origin | null;
  /** The package of a library's function. */
  library: string | null;
  /** The reader's own function that called the library's, with its place. */
  caller: string | null;
  ns: number;
  /** How many samples stand behind it, as a fraction: it is an estimate. 0: measured. */
  samples: number;
}
