import type { HrTime } from '@opentelemetry/api';

/** Milliseconds, since the epoch or of a duration, as seconds and nanoseconds. */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = Math.round((ms - seconds * 1000) * 1e6);
  return nanoseconds === 1e9 ? [seconds + 1, 0] : [seconds, nanoseconds];
}

export function hrBetween([fromSeconds, from]: HrTime, [toSeconds, to]: HrTime): HrTime {
  return to < from ? [toSeconds - fromSeconds - 1, to - from + 1e9] : [toSeconds - fromSeconds, to - from];
}
