import { createRequire } from 'node:module';
import type { DiagLogger } from '@opentelemetry/api';
import { firstLine, say } from '../preload/say.ts';
import { isReported } from './outage.ts';

const require = createRequire(import.meta.url);

/** The same complaint comes back at most this often. */
const REPEAT_AFTER_MS = 60_000;
/** Distinct complaints remembered; more than any sane process has. */
const MAX_REMEMBERED = 200;
/** The SDK warns about this deliberate choice as if it were a mistake. */
const NOT_A_MISTAKE = 'OTEL_TRACES_EXPORTER contains "none". ';

/**
 * Sends what the SDK has to say to stderr, one line each. Without OTEL_LOG_LEVEL the SDK is silent about everything, invalid values
 * included; here warnings and errors are shown, each no more than once a minute.
 */
export function logToStderr(level: string | undefined): void {
  const { DiagLogLevel, diag } = require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  const { diagLogLevelFromString, setGlobalErrorHandler } =
    require('@opentelemetry/core') as typeof import('@opentelemetry/core');

  const logger = oneLineLogger(say, () => performance.now());
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  if (level?.trim()) {
    const logLevel = diagLogLevelFromString(level.trim()) ?? DiagLogLevel.WARN;
    diag.setLogger(logger, { logLevel, suppressOverrideMessage: true });
  }
  setGlobalErrorHandler((error) => {
    if (!isReported(error)) diag.error(firstLine(error));
  });
}

export function oneLineLogger(print: (line: string) => void, now: () => number): DiagLogger {
  const printedAt = new Map<string, number>();
  const complain = (...words: unknown[]) => {
    const line = oneLine(words);
    if (line.startsWith(NOT_A_MISTAKE)) return;
    // "Dropped 12 spans" and "Dropped 13 spans" are the same complaint.
    const subject = line.replaceAll(/\d+/g, '#');
    const last = printedAt.get(subject);
    if (last !== undefined && now() - last < REPEAT_AFTER_MS) return;
    if (printedAt.size >= MAX_REMEMBERED) printedAt.clear();
    printedAt.set(subject, now());
    print(line);
  };
  return {
    error: complain,
    warn: complain,
    info: (...words) => print(`info: ${oneLine(words)}`),
    debug: (...words) => print(`debug: ${oneLine(words)}`),
    verbose: (...words) => print(`verbose: ${oneLine(words)}`),
  };
}

function oneLine(words: unknown[]): string {
  return words.map(firstLine).join(' ');
}
