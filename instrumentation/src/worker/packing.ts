import type { Attributes } from '@opentelemetry/api';
import type { RemoteSpan } from './remote-span.ts';

/**
 * Spans on their way to another thread: as JSON, unless they hold what JSON does not know. A text is copied in one piece; of objects
 * the structured clone writes, and the thread that gets them rebuilds, one property after the other, which takes several times as long.
 */
export type Packed = string | RemoteSpan[];

export function pack(spans: RemoteSpan[]): Packed {
  if (spans.length === 0) return '';
  return spans.every(survivesJson) ? JSON.stringify(spans) : spans;
}

export function unpack(packed: Packed): RemoteSpan[] {
  if (packed === '') return [];
  return typeof packed === 'string' ? (JSON.parse(packed) as RemoteSpan[]) : packed;
}

/** Events and links are rare, and nobody checks them. */
function survivesJson({ attributes, events, links }: RemoteSpan): boolean {
  return events === undefined && links === undefined && valuesSurvive(attributes);
}

function valuesSurvive(attributes: Attributes): boolean {
  for (const key in attributes) if (!survives(attributes[key])) return false;
  return true;
}

/** JSON makes `null` of what is no finite number, and an object of bytes. */
function survives(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return Array.isArray(value) && value.every(survives);
}
