import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { absent } from '../../../failure.ts';
import type { Settings } from '../../../settings.ts';
import { newTraceContext } from '../../../sources/trace-context.ts';
import { root } from '../../../stack/paths.ts';
import { unhealthy } from '../../../stack/readiness.ts';
import { services } from '../../../stack/services.ts';
import type { Measurement, Size } from '../measurement.ts';
import { load } from './load.ts';
import { type Server, serve } from './server.ts';
import type { Variant } from './variants.ts';

/** 100 components. */
const page = '/freedevtools/svg_icons/8bit/';
/** The last batch leaves a second after the last response. What exports cost belongs to the requests, too. */
const settleMs = 1300;
/** A server that used less than this in that time, or as much as in the time before, has nothing left to do. */
const idleMs = 30;
/** Thousands of requests until V8 has settled: in the first rounds they cost up to twice as much. */
const warmUpRounds = 2;

/** µs of CPU per request, one figure a round. */
export type Costs = Partial<Record<Variant['name'], number[]>>;

/** CPU time of the server process, variants side by side in one run: what the machine does meanwhile happens to all of them. */
export async function costsOf(
  variants: readonly Variant[],
  settings: Settings,
  size: Size,
  report: (line: string) => void,
): Promise<Costs> {
  await assertMeasurable(settings);
  await using stack = new AsyncDisposableStack();
  const servers: Server[] = [];
  for (const variant of variants)
    servers.push(stack.use(await serve(variant, `http://127.0.0.1:${settings.ONETRACE_OTLP_GRPC_PORT}`)));
  const costs = await measure(servers, size, report);
  assertComplete(servers);
  return costs;
}

async function assertMeasurable(settings: Settings): Promise<void> {
  const collector = services(settings, 'local').find(({ name }) => name === 'collector');
  const problem = collector === undefined ? 'none' : await unhealthy(collector);
  if (problem !== null) throw absent({ expected: 'a Collector that takes the spans', got: problem, next: 'make up' });
  if (!existsSync(join(root, 'app/dist/server/entry.mjs')))
    throw absent({ expected: 'the app to be built', got: 'no app/dist/server/entry.mjs', next: 'make up MODE=local' });
}

function assertComplete(servers: readonly Server[]): void {
  for (const { variant, complaints } of servers) {
    const dropped = complaints()
      .split('\n')
      .find((line) => /Dropped \d+ spans|do not reach/.test(line));
    if (dropped === undefined) continue;
    throw absent({ expected: `every span (${variant.name}) to be exported`, got: `"${dropped}"`, next: 'make status' });
  }
}

/** A B C D, B C D A …: nobody always comes first, or always after the same one. Two rounds warm up and do not count. */
async function measure(
  servers: readonly Server[],
  { rounds, requests }: Size,
  report: (line: string) => void,
): Promise<Costs> {
  const costs: Costs = {};
  for (let round = 1 - warmUpRounds; round <= rounds; round += 1) {
    const first = (round + warmUpRounds) % servers.length;
    for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
      const cost = await costOf(server, requests);
      report(`${round > 0 ? `round ${round} of ${rounds}` : 'warm-up'}: ${server.variant.name} ${cost.toFixed(0)} µs`);
      if (round <= 0) continue;
      costs[server.variant.name] ??= [];
      costs[server.variant.name]?.push(cost);
    }
  }
  return costs;
}

async function costOf({ address, variant, cpu }: Server, requests: number): Promise<number> {
  const before = await cpu();
  await load(`${address}${page}`, requests, () => ({ traceparent: traceparent(variant.sampled) }));
  return ((await settled(cpu)) - before) * (1000 / requests);
}

/** As of when nothing is left to do; what an idle server uses all the time, such as for being sampled, is nobody's request. */
async function settled(cpu: Server['cpu']): Promise<number> {
  const atEnd = await cpu();
  let last = atEnd;
  let before = Number.POSITIVE_INFINITY;
  for (let tries = 1; ; tries += 1) {
    await pause(settleMs);
    const now = await cpu();
    const used = now - last;
    if (Math.abs(before - used) < idleMs || used < idleMs || tries === 10) return now - tries * Math.min(used, before);
    last = now;
    before = used;
  }
}

function traceparent(sampled: boolean): string {
  const { traceId, spanId } = newTraceContext();
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** The ratio is taken round by round, then the median: a disturbance that lasted a round cancels out. */
export function compare(
  promise: string,
  costs: Costs,
  [name, other]: [Variant['name'], Variant['name']],
  measure: string,
  kept: (ratio: number) => boolean,
): Measurement {
  const [mine = [], others = []] = [costs[name], costs[other]];
  const ratio = median(mine.map((cost, round) => cost / (others[round] ?? Number.NaN)));
  const figure = `${ratio.toFixed(2)} × (${median(mine).toFixed(0)} against ${median(others).toFixed(0)} µs)`;
  return { promise, measure: `CPU per request: ${measure}`, figure, kept: kept(ratio) };
}
