import type { Notes } from './notes.ts';
import type { Draft } from './times.ts';

/** ns since 1970 of the years 1990 and 2200. Counted in another unit, a time of these years lies far outside. */
const EARLIEST = 631_152_000_000_000_000n;
const LATEST = 7_258_118_400_000_000_000n;

/** What a time was counted in, had it been read as ns (OTLP) or as µs (Jaeger, Zipkin), and by how much it is too small. */
const MISTAKES = [
  { from: 1n, to: 1000n },
  { from: 1n, to: 1_000_000n },
  { from: 1n, to: 1_000_000_000n },
  { from: 1000n, to: 1n },
  { from: 1_000_000n, to: 1n },
];

/**
 * Times in a unit that the format does not have (ms where it says µs) put a span into 1970 or far into the future: their size gives
 * them away. Each span is judged by its start, because one service of several may be wrong. A trace with a time that fits no unit
 * counts from zero, and is left as it is.
 */
export function correctUnits(drafts: readonly Draft[], notes: Notes): void {
  const wrong = drafts.filter(({ startNs }) => startNs !== null && startNs !== 0n && !isPlausible(startNs));
  if (wrong.length === 0) return;
  const scales = wrong.map(({ startNs }) =>
    MISTAKES.find(({ from, to }) => isPlausible(((startNs ?? 0n) * to) / from)),
  );
  if (scales.includes(undefined)) return;
  wrong.forEach((draft, index) => {
    const { from, to } = scales[index] ?? { from: 1n, to: 1n };
    const scale = (time: bigint | null) => (time === null ? null : (time * to) / from);
    draft.startNs = scale(draft.startNs);
    draft.endNs = scale(draft.endNs);
    draft.eventNs = draft.eventNs.map(scale);
    const factor = to > from ? `${to / from} times too small` : `${from / to} times too large`;
    const message = `the times of ${draft.span.service} are in the wrong unit, ${factor}; they were read as what they must have been`;
    notes.add('wrong-unit', message, draft.span.spanId);
  });
}

function isPlausible(ns: bigint): boolean {
  return ns >= EARLIEST && ns <= LATEST;
}
