import type { ExitCode } from '../failure.ts';

/** What a command leaves. */
export interface Result {
  /** The result itself, for stdout. */
  text: string;
  code: ExitCode;
  /** For stderr: what is missing and what to check. */
  complaint: string | null;
}

/** How a command shows its result. */
export interface Display {
  json: boolean;
  /** Columns of the terminal. */
  width: number;
  colour: boolean;
  /** Progress on stderr, for a person who waits. */
  progress: boolean;
}
