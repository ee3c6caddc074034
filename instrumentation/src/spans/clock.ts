import { performance } from 'node:perf_hooks';
import type { HrTime } from '@opentelemetry/api';
import { hrTime } from './hr-time.ts';

/** The clocks of the process, in ms: one in whole ms since the epoch, one finer that started somewhere and stands still in suspend. */
export interface Clocks {
  wall(): number;
  fine(): number;
}

const ofProcess: Clocks = { wall: () => Date.now(), fine: () => performance.now() };

/**
 * The time of day to the microsecond. The wall clock shows whole milliseconds, the fine one counts on after the wall clock was set or
 * the machine slept. Both together say between which bounds the true offset lies; it is moved only when it has left them, and no further:
 *
 *   fine      before ├──────┤ after         wall, read between the two: true time in [wall, wall + 1)
 *   offset    wall − after ├────────────────┤ wall + 1 − before
 *
 * So it is never off by more than a millisecond, every reading makes it better, and a reading that was interrupted does no harm.
 */
export class PreciseClock {
  readonly #clocks: Clocks;
  #offset: number;

  constructor(offset = performance.timeOrigin, clocks = ofProcess) {
    this.#clocks = clocks;
    this.#offset = offset;
  }

  /** The offset as of the last reading. */
  get known(): number {
    return this.#offset;
  }

  /** What to add to a reading of the fine clock, to get ms since the epoch. */
  offset(): number {
    this.read();
    return this.#offset;
  }

  /** Reads the clocks: the moment by the fine one, in ms, for which `known` is what to add. */
  read(): number {
    const before = this.#clocks.fine();
    const wall = this.#clocks.wall();
    const after = this.#clocks.fine();
    this.#offset = Math.min(Math.max(this.#offset, wall - after), wall + 1 - before);
    return after;
  }
}

/** The one that all spans of the process are timed by. */
export const processClock = new PreciseClock();

/** A moment of performance.now(), in ms, as OpenTelemetry writes it; by the offset that the last started span has found. */
export function hrTimeOf(moment: number): HrTime {
  return hrTime(processClock.known + moment);
}
