export const NS_PER_MS = 1_000_000;

/** Exact to the nanosecond, without a tail of binary digits. */
export function toMs(ns: number): number {
  return Math.round(ns) / NS_PER_MS;
}
