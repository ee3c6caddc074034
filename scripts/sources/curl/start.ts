/** curl's seconds as ns. */
export const seconds = (value: number): bigint => BigInt(Math.round(value * 1e6)) * 1000n;

/**
 * curl's absolute start. It logs `08:49:39.577311 *   Trying …` when the name has been looked up, but older versions take the
 * fraction of the second from the monotonic clock and the newer ones from real time, so that only the fraction can be used:
 * it has to fall between the start of the process and the latest possible begin, for one of the two clocks.
 *
 *   spawned ├──── loading ────┤ start ├── total ──┤ exited        window = spawned … exited − total
 */
export function startOf(log: string, namelookup: number, window: Window): bigint {
  const micros = log.match(/^\d\d:\d\d:\d\d\.(\d{6}) \*\s+Trying /m)?.[1];
  if (micros === undefined) return window.latestNs;
  const fraction = BigInt(micros) * 1000n - seconds(namelookup);
  const candidates = [0n, window.monotonicOffsetNs]
    .map((offset) => window.latestNs - mod(window.latestNs - offset - fraction, second))
    .filter((candidate) => candidate >= window.earliestNs);
  return candidates.toSorted((a, b) => (a < b ? 1 : -1))[0] ?? window.latestNs;
}

/** When curl can have begun; ns since 1970. */
export interface Window {
  earliestNs: bigint;
  latestNs: bigint;
  /** Real time minus monotonic time. */
  monotonicOffsetNs: bigint;
}

const second = 1_000_000_000n;
const mod = (a: bigint, n: bigint): bigint => ((a % n) + n) % n;
