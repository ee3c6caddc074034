import { performance } from 'node:perf_hooks';
import { processClock } from '../spans/clock.ts';

/**
 * One clock for all threads of a process. `performance.timeOrigin` differs from thread to thread, and `Date.now()`, by which the SDK
 * starts its spans, knows whole milliseconds only; the monotonic clock behind `process.hrtime` is the same everywhere.
 */

/** What `performance.now()` of this thread lacks to the shared clock, in ms. */
const shift = measureShift(
  () => performance.now(),
  () => Number(process.hrtime.bigint()) / 1e6,
);
/** When the shared clock read zero, in ms since the epoch, as an asking thread sees it; a thread that nobody asks has its own view. */
let epoch: number | undefined;

/** Two clocks are not read at once: of a few readings the one between whose ends the least time has passed. */
export function measureShift(own: () => number, other: () => number): number {
  let [least, found] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < 5; i++) {
    const before = own();
    const reading = other();
    const after = own();
    if (after - before < least) [least, found] = [after - before, reading - (before + after) / 2];
  }
  return found;
}

/** ms on the clock that all threads share, to a microsecond. */
export function now(): number {
  return shared(performance.now());
}

/** For a reading of this thread's `performance.now()`. */
export function shared(reading: number): number {
  return reading + shift;
}

/** ms since the epoch, as spans want it, for a moment of the shared clock: by the process's clock as of its last reading. */
export function sinceEpoch(moment: number): number {
  return (epoch ?? processClock.known - shift) + moment;
}

/** The asking thread's view, to be sent along: a worker that lives for weeks follows the steps of the system clock by it. */
export function epochOfClock(): number {
  const seen = processClock.offset() - shift;
  if (epoch !== undefined) epoch = seen;
  return seen;
}

export function followEpoch(ofAsker: number): void {
  epoch = ofAsker;
}
