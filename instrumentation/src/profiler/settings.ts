import { say } from '../preload/say.ts';

export type Mode = 'off' | 'on-demand' | 'always';

export interface ProfileSettings {
  mode: Mode;
  /** µs between two samples */
  intervalUs: number;
  /** Starting takes the event loop for about 100 ms: not more often than this, in ms. */
  startEveryMs: number;
  /** An inferred span inside another one that stands on fewer samples is part of that one. */
  minSamples: number;
  /** Networks whose requests may ask for a profile. */
  from: string[];
}

const MODES = ['off', 'on-demand', 'always'] as const;
const DEFAULT_FROM = '127.0.0.0/8 ::1/128';
const DEFAULT_INTERVAL_US = 1000;
const DEFAULT_START_EVERY_MS = 60_000;
const DEFAULT_MIN_SAMPLES = 2;

export function readProfileSettings(env: NodeJS.ProcessEnv): ProfileSettings {
  return {
    mode: mode(env.ONETRACE_PROFILE),
    intervalUs: whole(
      env,
      'ONETRACE_PROFILE_INTERVAL_US',
      'whole microseconds of 100 or more',
      100,
      DEFAULT_INTERVAL_US,
    ),
    startEveryMs: whole(env, 'ONETRACE_PROFILE_START_EVERY_MS', 'whole milliseconds', 0, DEFAULT_START_EVERY_MS),
    minSamples: whole(env, 'ONETRACE_PROFILE_MIN_SAMPLES', 'a whole number of 1 or more', 1, DEFAULT_MIN_SAMPLES),
    from: (env.ONETRACE_PROFILE_FROM ?? DEFAULT_FROM).split(/[\s,]+/).filter((network) => network !== ''),
  };
}

function mode(text = ''): Mode {
  const wanted = text.trim().toLowerCase();
  const known = MODES.find((name) => name === wanted);
  if (known === undefined && wanted !== '')
    say(`ONETRACE_PROFILE: expected off, on-demand or always, got '${text}'; off`);
  return known ?? 'off';
}

function whole(env: NodeJS.ProcessEnv, name: string, what: string, min: number, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text.trim() === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min) return value;
  say(`${name}: expected ${what}, got '${text}'; using ${otherwise}`);
  return otherwise;
}
