import type { Span } from '../model/trace.ts';
import { type Notes, quote } from './notes.ts';

/** A span whose times are still ns since 1970, as sent; null: absent or not a number. */
export interface Draft {
  span: Span;
  startNs: bigint | null;
  endNs: bigint | null;
  eventNs: readonly (bigint | null)[];
}

/** The longest stretch that plain integers hold exactly: 104 days. */
const LONGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** Sets the times of all spans of one trace, relative to its epoch, which it returns. */
export function placeInTime(drafts: readonly Draft[], notes: Notes): bigint {
  const epoch = chooseEpoch(drafts);
  const relative = (time: bigint | null) => {
    const ns = time === null ? -1 : Number(time - epoch);
    return ns >= 0 && ns <= Number.MAX_SAFE_INTEGER ? ns : null;
  };

  for (const { span, startNs, endNs, eventNs } of drafts) {
    const start = relative(startNs);
    const end = relative(endNs);
    if (start === null) {
      const got = startNs === null ? 'none' : `${startNs} ns since 1970, far from the rest`;
      notes.add(
        'bad-start',
        `${quote(span.name)}: expected a start time, got ${got}; shown where it ends, or at the start`,
        span.spanId,
      );
    } else if (end === null || end < start) {
      const got = endNs === null ? 'none' : 'one before its start or far from the rest';
      notes.add(
        'bad-end',
        `${quote(span.name)}: expected an end time, got ${got}; shown without a length`,
        span.spanId,
      );
    }
    span.start = start ?? end ?? 0;
    span.end = Math.max(span.start, end ?? 0);
    if (span.events.length === 0) continue;
    span.events.forEach((event, index) => {
      event.time = relative(eventNs[index] ?? null) ?? span.start;
    });
  }
  return epoch;
}

/** The earliest start, unless single starts (0, say) lie so far from the others that integers could not hold both. */
function chooseEpoch(drafts: readonly Draft[]): bigint {
  const starts: bigint[] = [];
  for (const { startNs } of drafts) if (startNs !== null) starts.push(startNs);
  let earliest = starts[0] ?? 0n;
  let latest = earliest;
  for (const start of starts) {
    if (start < earliest) earliest = start;
    if (start > latest) latest = start;
  }
  if (latest - earliest <= LONGEST) return earliest;

  const sorted = starts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = sorted[Math.floor(sorted.length / 2)] ?? earliest;
  return sorted.find((start) => start >= middle - LONGEST / 2n) ?? middle;
}
