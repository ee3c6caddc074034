import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';
import { generateTrace } from './analysis/generate.ts';
import type { Measurement, Promised } from './measurement.ts';

/** Most seconds and MB for so many spans; null: not promised, shown for the growth. */
const sizes = [
  { spans: 1000, seconds: null, megabytes: null },
  { spans: 10_000, seconds: null, megabytes: null },
  { spans: 100_000, seconds: 1.5, megabytes: 600 },
  { spans: 1_000_000, seconds: 20, megabytes: null },
];
/** n log n would be 12. */
const mostGrowth = 15;

/** What one verdict on a saved trace costs, each in a process of its own: its memory is what the operating system counted. */
export const analysis: Promised = {
  name: 'analysis',
  title: 'analysis: parse + analyse + text of large traces',
  measure: async (_, report) => {
    const directory = await mkdtemp(join(tmpdir(), 'onetrace-bench-'));
    try {
      const costs: Cost[] = [];
      for (const { spans } of sizes) {
        report(`${spans.toLocaleString('en')} spans`);
        costs.push(await costOf(spans, join(directory, `${spans}.json`)));
      }
      return [...costs.map(describe), growth(costs)];
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/** What `verdict.ts` prints: ms, and KiB. */
interface Cost {
  spans: number;
  parse: number;
  analyse: number;
  text: number;
  /** Of the thread: what the time would be with nobody else on the machine. */
  cpu: number;
  peak: number;
}

async function costOf(spans: number, file: string): Promise<Cost> {
  const out = createWriteStream(file);
  for (const batch of generateTrace(spans)) if (!out.write(batch)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
  const script = fileURLToPath(import.meta.resolve('./analysis/verdict.ts'));
  const { stdout } = await $({ quiet: true })`${process.execPath} ${script} ${file}`;
  await rm(file);
  return JSON.parse(stdout);
}

function describe(cost: Cost, index: number): Measurement {
  const { seconds = null, megabytes = null } = sizes[index] ?? {};
  const took = total(cost) / 1000;
  const peak = (cost.peak * 1024) / 1e6;
  const parts = (['parse', 'analyse', 'text'] as const).map((part) => `${part} ${(cost[part] / 1000).toFixed(2)}`);
  const limits = [
    ...(seconds === null ? [] : [`≤ ${seconds} s`]),
    ...(megabytes === null ? [] : [`≤ ${megabytes} MB`]),
  ];
  return {
    promise: 'fast',
    measure: `a trace of ${cost.spans.toLocaleString('en')} spans: ${limits.join(' and ') || 'for comparison'}`,
    figure: `${took.toFixed(2)} s (${parts.join(', ')}; ${(cost.cpu / 1000).toFixed(2)} s of CPU), ${peak.toFixed(0)} MB`,
    kept: took <= (seconds ?? Number.POSITIVE_INFINITY) && peak <= (megabytes ?? Number.POSITIVE_INFINITY),
  };
}

function growth(costs: readonly Cost[]): Measurement {
  const [smaller, larger] = costs.slice(-2) as [Cost, Cost];
  const factor = total(larger) / total(smaller);
  return {
    promise: 'fast',
    measure: `10 × the spans: ≤ ${mostGrowth} × the time (n log n is 12 ×)`,
    figure: `${factor.toFixed(1)} ×`,
    kept: factor <= mostGrowth,
  };
}

function total({ parse, analyse, text }: Cost): number {
  return parse + analyse + text;
}
