/** Exit codes of every command; `main.ts` alone turns them into a process exit. */
export const exitCode = { fine: 0, finding: 1, usage: 2, absent: 3 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** What a failure tells its reader: what was expected, what was got instead, and what to do next. */
export interface FailureText {
  expected: string;
  got: string;
  next: string;
}

/**
 * A failure that somebody can act on. It is printed as one sentence, without a stack trace.
 * Everything else that is thrown is a defect of ours and is printed as one.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: ExitCode;

  constructor(code: ExitCode, text: FailureText, options?: ErrorOptions) {
    super(`expected ${text.expected}, got ${text.got}. Next: ${text.next}`, options);
    this.code = code;
  }
}

/** Wrong usage: an argument or a variable that cannot mean anything (exit code 2). */
export const misuse = (text: FailureText): Failure => new Failure(exitCode.usage, text);

/** The stack or the trace is not there (exit code 3). */
export const absent = (text: FailureText, cause?: unknown): Failure => new Failure(exitCode.absent, text, { cause });

/** The first line of whatever was thrown. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? describe(error) : String(error);
  return text.split('\n', 1)[0] ?? text;
}

/** `fetch` hides the real reason ("connect ECONNREFUSED 127.0.0.1:16686") in `cause`. */
function describe(error: Error): string {
  if (error.message === 'fetch failed' && error.cause instanceof Error) {
    return error.cause.message || String((error.cause as NodeJS.ErrnoException).code ?? error.message);
  }
  return error.message;
}
