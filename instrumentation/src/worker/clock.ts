import { processClock } from '../sdk/clock.ts';

/**
 * One clock for all threads of a process. `performance.timeOrigin` differs from thread to thread, and `Date.now()`, by which the SDK
 * starts its spans, knows whole milliseconds only; the monotonic clock behind `process.hrtime` is the same everywhere.
 */

/** What `performance.now()` of this thread lacks to the shared clock, in ms. */
const shift = Number(process.hrtime.bigint()) / 1e6 - performance.now();
/** When the shared clock read zero, in ms since the epoch. */
let epoch = performance.timeOrigin - shift;

/** ms on the clock that all threads share, to a microsecond. */
export function now(): number {
  return shared(performance.now());
}

/** For a reading of this thread's `performance.now()`. */
export function shared(reading: number): number {
  return reading + shift;
}

/** ms since the epoch, as spans want it, for a moment of the shared clock. */
export function sinceEpoch(moment: number): number {
  return epoch + moment;
}

/** The asking thread's view, to be sent along: a worker that lives for weeks follows the steps of the system clock by it. */
export function epochOfClock(): number {
  epoch = processClock.offset() - shift;
  return epoch;
}

export function followEpoch(ofAsker: number): void {
  epoch = ofAsker;
}
