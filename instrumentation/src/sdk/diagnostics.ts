import { createRequire } from 'node:module';
import type { DiagLogger } from '@opentelemetry/api';
import { firstLine, say } from '../preload/say.ts';
import { isReported } from './outage.ts';

const require = createRequire(import.meta.url);

/** The same complaint comes back at most this often. */
const REPEAT_AFTER_MS = 60_000;
/** Distinct complaints remembered; more than any sane process has. */
const MAX_REMEMBERED = 200;
/** A warning about a deliberate choice, and one that repeats, less clearly, what the line before it said. */
const SUPERFLUOUS = ['OTEL_TRACES_EXPORTER contains "none". ', 'Unable to set up trace exporter(s)'];

/**
 * Sends what the SDK has to say to stderr, one line each. Without OTEL_LOG_LEVEL the SDK is silent about everything, invalid values
 * included; here warnings and errors are shown, each no more than once a minute.
 */
export function logToStderr(asked: string | undefined): void {
  const { DiagLogLevel, diag } = require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  const { setGlobalErrorHandler } = require('@opentelemetry/core') as typeof import('@opentelemetry/core');

  const level = asked?.trim().toUpperCase() || 'WARN';
  const logLevel = DiagLogLevel[level as keyof typeof DiagLogLevel];
  if (logLevel === undefined) {
    const names = Object.keys(DiagLogLevel).filter((name) => Number.isNaN(Number(name)));
    say(`OTEL_LOG_LEVEL: expected one of ${names.join(', ')}, got '${asked}'; using WARN`);
  }
  const logger = oneLineLogger(say, () => performance.now());
  diag.setLogger(logger, { logLevel: logLevel ?? DiagLogLevel.WARN, suppressOverrideMessage: true });
  setGlobalErrorHandler((error) => {
    if (!isReported(error)) diag.error(firstLine(error));
  });
}

export function oneLineLogger(print: (line: string) => void, now: () => number): DiagLogger {
  const printedAt = new Map<string, number>();
  const complain = (...words: unknown[]) => {
    const line = oneLine(words);
    if (SUPERFLUOUS.some((start) => line.startsWith(start))) return;
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
