import type { ReportSpan } from '../../../report/schema.ts';
import { clean } from '../../clean.ts';

/** What the profiler says of a span that it has made from samples. */
export interface Estimate {
  samples: number | null;
  /** `cpu`, `gc`, `blocked`, `wait`, where it is known. */
  kind: string | null;
}

/** null: a span that was measured. */
export function estimateOf({ attributes }: ReportSpan): Estimate | null {
  if (attributes['onetrace.inferred'] !== true) return null;
  const samples = attributes['onetrace.samples'];
  const kind = attributes['onetrace.kind'];
  return { samples: typeof samples === 'number' ? samples : null, kind: typeof kind === 'string' ? kind : null };
}

/** "≈ 12 samples" */
export function describeEstimate({ samples }: Pick<Estimate, 'samples'>): string {
  if (samples === null) return 'estimate, from samples';
  return `estimate, from ${samples} ${samples === 1 ? 'sample' : 'samples'}`;
}

/** `file:line`; null where the span does not say. */
export function locationOf({ attributes }: ReportSpan): string | null {
  const file = attributes['code.file.path'];
  const line = attributes['code.line.number'];
  if (typeof file !== 'string') return null;
  return line === undefined ? clean(file) : `${clean(file)}:${line}`;
}

/** What a search looks through. */
export function textOf(span: ReportSpan): string {
  const attributes = Object.entries(span.attributes).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [span.service, span.name, span.error ?? '', ...attributes].join('\n').toLowerCase();
}

/** An attribute's value as text; lines stay lines, as those of a stack. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, LONGEST).split('\n').map(clean).join('\n');
}

/** More of a value is never shown. */
const LONGEST = 20_000;
