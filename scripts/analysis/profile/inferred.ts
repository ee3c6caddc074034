import type { Attributes, Span } from '../../model/trace.ts';
import type { Node } from '../node.ts';

/** What the thread did when the samples behind a span were taken. */
export type Activity = 'cpu' | 'gc' | 'blocked' | 'wait';

/** Whose code a function is. */
export type Origin = 'app' | 'library' | 'astro' | 'node';

/** The beginning of a thread's work for a trace, as the profiler marks it: it has the samples' sums. */
export const isProfiled = (span: Span): boolean => 'onetrace.profile.samples' in span.attributes;

/** ns between two samples; 0: not said. */
export function intervalOf({ attributes }: Span): number {
  const us = attributes['onetrace.profile.interval_us'];
  return typeof us === 'number' && us > 0 ? us * 1000 : 0;
}

export function activityOf({ attributes }: Span): Activity {
  const kind = attributes['onetrace.kind'];
  return kind === 'gc' || kind === 'blocked' || kind === 'wait' ? kind : 'cpu';
}

/** null: not said, or nobody's: WebAssembly has no names and no author, and V8 shows it as a script of its own. */
export function originOf({ attributes }: Span): Origin | null {
  if (text(attributes, 'code.file.path')?.startsWith('wasm:')) return null;
  const origin = attributes['onetrace.origin'];
  return origin === 'app' || origin === 'library' || origin === 'astro' || origin === 'node' ? origin : null;
}

/** The package of a library's function. */
export const libraryOf = ({ attributes }: Span): string | null => text(attributes, 'onetrace.library');

/** `file:line`; a file without a line where that is all that is known. */
export function locationOf({ attributes }: Span): string | null {
  const file = text(attributes, 'code.file.path');
  const line = attributes['code.line.number'];
  return file !== null && typeof line === 'number' ? `${file}:${line}` : file;
}

/** How many samples stand behind it. */
export function samplesOf({ attributes }: Span): number {
  const samples = attributes['onetrace.samples'];
  return typeof samples === 'number' && samples > 0 ? Math.round(samples) : 0;
}

/** How many of them a stretch of the span has, as a fraction. */
export function samplesIn({ span, start, end }: Node, ns: number): number {
  return end > start ? (samplesOf(span) * ns) / (end - start) : 0;
}

function text(attributes: Attributes, name: string): string | null {
  const value = attributes[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
