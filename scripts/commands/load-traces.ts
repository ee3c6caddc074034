import { join } from 'node:path';
import { absent, misuse } from '../failure.ts';
import type { Trace, Warning } from '../model/trace.ts';
import { parseTraces } from '../parse/traces.ts';
import type { Settings } from '../settings.ts';
import { isThere, readFiles, type SavedFile } from '../sources/files.ts';
import { jaegerOn } from '../sources/jaeger.ts';
import { paths } from '../stack/paths.ts';

/** Traces from wherever somebody has them. */
export interface Loaded {
  /** At least one. */
  traces: Trace[];
  warnings: Warning[];
}

const TRACE_ID = /^([0-9a-f]{16}|[0-9a-f]{32})$/i;

/**
 * The traces that a word on the command line stands for: a file, a directory, a pattern, `-`, or the id of a trace that was saved by
 * `make trace` or that Jaeger knows.
 * @throws Failure when there is none
 */
export async function loadTraces(given: string, settings: Settings): Promise<Loaded> {
  const files = await gather(given, settings);
  const several = files.length > 1;
  const parsed = files.map(({ name, text }) => ({ name, ...parseTraces(text) }));
  const warnings = parsed.flatMap(({ name, warnings: all }) =>
    all.map((warning) => (several ? { ...warning, message: `${name}: ${warning.message}` } : warning)),
  );
  const traces = parsed.flatMap((file) => file.traces);
  if (traces.length > 0) return { traces, warnings };
  throw absent({
    expected: `a trace in ${shown(given)}`,
    // The parser has said what it expected, too.
    got: warnings[0]?.message.replace(/^expected .*?, got /s, '') ?? 'none',
    next: 'give a trace as Jaeger, Zipkin (v2) or OTLP writes it in JSON',
  });
}

async function gather(given: string, settings: Settings): Promise<SavedFile[]> {
  if (!TRACE_ID.test(given) || (await isThere(given))) return readFiles(given);
  const traceId = given.toLowerCase().padStart(32, '0');
  const saved = join(paths.traces, `${traceId}.json`);
  if (await isThere(saved)) return readFiles(saved);
  const text = await jaegerOn(settings.ONETRACE_JAEGER_UI_PORT).trace(traceId);
  if (text !== null) return [{ name: traceId, text }];
  throw absent({
    expected: `trace ${traceId} among the saved ones or in Jaeger`,
    got: 'neither knows it',
    next: 'send the request again: make trace URL=…',
  });
}

/**
 * @param variable what names the traces on make's command line
 * @throws Failure (usage) when nothing was given
 */
export function requireSource(given: string | undefined, variable: string, example: string): string {
  if (given !== undefined && given !== '') return given;
  throw misuse({
    expected: `${variable} to name a saved trace (a file, a directory, a pattern, - or a trace id)`,
    got: 'nothing',
    next: example,
  });
}

const shown = (given: string) => (given === '-' ? 'standard input' : given);
