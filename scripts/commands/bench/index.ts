import Table from 'cli-table3';
import { type ExitCode, exitCode, misuse } from '../../failure.ts';
import { runSteps } from '../../progress.ts';
import type { Settings } from '../../settings.ts';
import { analysis } from './analysis.ts';
import { everyMillisecond } from './every-millisecond.ts';
import { inside } from './inside.ts';
import { light } from './light.ts';
import type { Measurement, Promised, Size } from './measurement.ts';
import { nothingSticks } from './nothing-sticks.ts';
import { oneTrace } from './one-trace.ts';
import { overhead } from './overhead.ts';
import { profiler } from './profiler.ts';
import { verdictAtOnce } from './verdict-at-once.ts';
import { warmStart } from './warm-start.ts';

/** In this order: the last ones take the stack down and up again. */
const promises: readonly Promised[] = [
  analysis,
  oneTrace,
  verdictAtOnce,
  everyMillisecond,
  inside,
  light,
  overhead,
  profiler,
  warmStart,
  nothingSticks,
];

export interface BenchOptions {
  /** Names of single promises; empty: all. */
  only: readonly string[];
  json: boolean;
  size: Size;
}

/** Measures what the README promises, on this machine, and prints promise and figure side by side. */
export async function bench(
  settings: Settings,
  { only, json, size }: BenchOptions,
): Promise<{ text: string; code: ExitCode }> {
  const names = promises.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw misuse({ expected: `one of ${names.join(', ')}`, got: `"${unknown}"`, next: `make bench ONLY=${names[0]}` });
  }
  const measurements: Measurement[] = [];
  await runSteps(
    promises
      .filter(({ name }) => only.length === 0 || only.includes(name))
      .map((promise) => ({
        title: promise.title,
        run: async (report) => {
          const measured = await promise.measure(settings, report, size);
          measurements.push(...measured);
          return measured.map(({ figure }) => figure).join(' · ');
        },
      })),
  );
  const code = measurements.every(({ kept }) => kept) ? exitCode.fine : exitCode.finding;
  if (json) return { text: JSON.stringify(measurements, null, 2), code };
  const table = new Table({
    head: ['promise', 'measure', 'measured', ''],
    style: { head: [], border: [], compact: true },
  });
  for (const { promise, measure, figure, kept } of measurements)
    table.push([promise, measure, figure, kept ? 'kept' : 'BROKEN']);
  return { text: table.toString(), code };
}
