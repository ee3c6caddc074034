import { readFile } from 'node:fs/promises';
import { $ } from 'zx';

/** What a process has used of the CPU so far, with all its threads, in user and system mode, as the operating system counts it. In ms. */
export async function cpuTime(pid: number): Promise<number> {
  if (process.platform === 'linux')
    return parseStat(await readFile(`/proc/${pid}/stat`, 'utf8')) * (1000 / (await ticksPerSecond()));
  const { stdout } = await $({ quiet: true })`ps -o cputime= -p ${pid}`;
  return parsePs(stdout);
}

/** Ticks. Counted from behind the program's name, which may hold spaces and brackets: proc_pid_stat(5), fields 14 and 15. */
export function parseStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** ms in `[[days-]hours:]minutes:seconds[.hundredths]`. */
export function parsePs(text: string): number {
  const [clock = '', days = '0'] = text.trim().split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}

let ticks: Promise<number> | undefined;
function ticksPerSecond(): Promise<number> {
  ticks ??= $({ quiet: true })`getconf CLK_TCK`.then(({ stdout }) => Number(stdout));
  return ticks;
}
