import { $ } from 'zx';
import { absent } from '../../failure.ts';
import { localProcesses } from '../../stack/local.ts';
import type { Promised } from './measurement.ts';

const limitMiB = 400;

/** Resident memory of what we add to somebody's machine, as the operating system counts it, nginx with its workers. */
export const light: Promised = {
  name: 'light',
  title: 'light: resident memory',
  measure: async () => {
    const added = (await localProcesses()).filter(({ name = '' }) => ['jaeger', 'collector', 'nginx'].includes(name));
    if (added.length < 3)
      throw absent({ expected: 'the stack in local mode', got: 'not all of it', next: 'make up MODE=local' });
    const sizes = await Promise.all(
      added.map(async ({ name, pid = 0 }) => ({ name, mebibytes: await residentOf(pid) })),
    );
    const sum = sizes.reduce((total, { mebibytes }) => total + mebibytes, 0);
    return [
      {
        promise: 'light',
        measure: `Jaeger + Collector + nginx idle ≤ ${limitMiB} MB resident`,
        figure: `${sum.toFixed(0)} MiB (${sizes.map(({ name, mebibytes }) => `${name} ${mebibytes.toFixed(0)}`).join(', ')})`,
        kept: sum * 1.048576 <= limitMiB,
      },
    ];
  },
};

/** MiB of a process and its children. */
async function residentOf(pid: number): Promise<number> {
  const { stdout } = await $({ quiet: true })`ps -A -o pid=,ppid=,rss=`;
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const kibibytes = rows
    .filter(([own, parent]) => own === pid || parent === pid)
    .reduce((sum, [, , rss = 0]) => sum + rss, 0);
  return kibibytes / 1024;
}
