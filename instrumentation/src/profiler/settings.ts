export type Mode = 'off' | 'on-demand' | 'always';

export interface ProfileSettings {
  mode: Mode;
  /** µs between two samples */
  intervalUs: number;
  /** Starting takes the event loop for about 100 ms: not more often than this, in ms. */
  startEveryMs: number;
  /** A call inside another one that was shorter, in ms, is part of that one. */
  minMs: number;
  /** Networks whose requests may ask for a profile. */
  from: string[];
}

const MODES = ['off', 'on-demand', 'always'] as const;
const DEFAULT_FROM = '127.0.0.0/8 ::1/128';
const DEFAULT_INTERVAL_US = 1000;
const DEFAULT_START_EVERY_MS = 60_000;
/** In intervals: two samples in a row. */
const DEFAULT_MIN = 1.5;

export function readProfileSettings(env: NodeJS.ProcessEnv, warn: (line: string) => void): ProfileSettings {
  const number = (name: string, what: string, isValid: (value: number) => boolean, otherwise: number) => {
    const text = env[name];
    if (text === undefined || text.trim() === '') return otherwise;
    if (isValid(Number(text))) return Number(text);
    warn(`${name}: expected ${what}, got '${text}'; using ${otherwise}`);
    return otherwise;
  };
  const mode = MODES.find((known) => known === (env.ONETRACE_PROFILE ?? '').trim().toLowerCase());
  if (mode === undefined && env.ONETRACE_PROFILE?.trim())
    warn(`ONETRACE_PROFILE: expected ${MODES.join(', ')}, got '${env.ONETRACE_PROFILE}'; using off`);
  const intervalUs = number(
    'ONETRACE_PROFILE_INTERVAL_US',
    'whole microseconds, 100 to 1000000',
    (value) => Number.isInteger(value) && value >= 100 && value <= 1_000_000,
    DEFAULT_INTERVAL_US,
  );
  const isTime = (value: number) => Number.isFinite(value) && value >= 0;
  return {
    mode: mode ?? 'off',
    intervalUs,
    startEveryMs: number('ONETRACE_PROFILE_START_EVERY_MS', 'milliseconds', isTime, DEFAULT_START_EVERY_MS),
    minMs: number('ONETRACE_PROFILE_MIN_MS', 'milliseconds', isTime, (DEFAULT_MIN * intervalUs) / 1000),
    from: (env.ONETRACE_PROFILE_FROM ?? DEFAULT_FROM).split(/[\s,]+/).filter((network) => network !== ''),
  };
}
