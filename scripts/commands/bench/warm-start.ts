import { max, median } from 'simple-statistics';
import { $ } from 'zx';
import { root } from '../../stack/paths.ts';
import type { Promised } from './measurement.ts';

const runs = 5;
const limitSeconds = 10;

/** `make up` with everything downloaded and built, from a stack that is down, and again while it is up. */
export const warmStart: Promised = {
  name: 'warm-start',
  title: `warm start: ${runs} runs of make up`,
  measure: async (_, report) => {
    const cold: number[] = [];
    const again: number[] = [];
    for (let run = 1; run <= runs; run += 1) {
      await make('down');
      cold.push(await timed('up'));
      again.push(await timed('up'));
      report(`run ${run} of ${runs}: ${cold.at(-1)?.toFixed(1)} s, again ${again.at(-1)?.toFixed(1)} s`);
    }
    return [
      {
        promise: 'light',
        measure: `warm make up MODE=local ≤ ${limitSeconds} s`,
        figure: `median ${median(cold).toFixed(1)} s, slowest ${max(cold).toFixed(1)} s; when it is up already: median ${median(again).toFixed(1)} s`,
        kept: median(cold) <= limitSeconds,
      },
    ];
  },
};

async function timed(target: string): Promise<number> {
  const start = performance.now();
  await make(target);
  return (performance.now() - start) / 1000;
}

export const make = (target: string) => $({ quiet: true, cwd: root })`make --silent ${target} MODE=local`;
