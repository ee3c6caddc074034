import type { Warning } from '../model/trace.ts';

/** Collects warnings, one for each code however often it happens: a broken file must not answer with a million lines. */
export interface Notes {
  add(code: string, message: string, spanId?: string): void;
  warnings(): Warning[];
}

const KEPT_SPAN_IDS = 20;

export function createNotes(): Notes {
  const byCode = new Map<string, { warning: Warning; count: number }>();
  return {
    add(code, message, spanId) {
      let note = byCode.get(code);
      if (!note) {
        note = { warning: { code, message, spanIds: [] }, count: 0 };
        byCode.set(code, note);
      }
      note.count++;
      if (spanId !== undefined && note.warning.spanIds.length < KEPT_SPAN_IDS) note.warning.spanIds.push(spanId);
    },
    warnings: () =>
      [...byCode.values()].map(({ warning, count }) => ({
        ...warning,
        message: count === 1 ? warning.message : `${warning.message} (and ${count - 1} more like it)`,
      })),
  };
}

/** A value from the input as an error message may quote it: short, on one line. */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? value.slice(0, 41) : String(value);
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
