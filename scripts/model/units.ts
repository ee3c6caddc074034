export const NS_PER_MS = 1_000_000;

/** Exact to the nanosecond, without a tail of binary digits. */
export function toMs(ns: number): number {
  return Math.round(ns) / NS_PER_MS;
}

/** A sum of milliseconds without the tail of binary digits, exact to the nanosecond. */
export function roundMs(ms: number): number {
  return Math.round(ms * NS_PER_MS) / NS_PER_MS;
}
