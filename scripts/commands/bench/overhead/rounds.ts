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
import { Load } from './load.ts';
import { type Server, serve } from './server.ts';
import type { Variant } from './variants.ts';

/** 100 components. */
const page = '/freedevtools/svg_icons/8bit/';
/**
 * So few at a time, then the next variant: what disturbs the machine for a moment disturbs all of them. Two untraced servers side by side
 * differed from round to round by a standard deviation of 5 to 6 % in blocks of 250, of 2 to 3 % in blocks of 20.
 */
const block = 20;
/**
 * Until V8 has settled, which takes longer the more code there is. What its helper threads used, in µs a request for each 2,500 of them from
 * the first on: 158, 85, 137, 81, 260, 83, 71, 76 without tracing, 320, 183, 194, 172, 417, 134, 152, 136 with ours, and upstream's alike:
 * around the 11,000th much is thrown away and compiled anew, after that they go on evenly.
 */
const warmUp = 15_000;
/** Two processes of one server differ by up to a tenth for as long as they live: how V8 lays them out is partly chance. */
const launches = 6;
/** The last batch leaves a second after the last response. What exports cost belongs to the requests, too. */
const settleMs = 1300;
/** A server that used less than this in that time, or as much as in the time before, has nothing left to do. */
const idleMs = 30;

/** µs of CPU per request, one figure a round. */
export type Costs = Partial<Record<Variant['name'], number[]>>;

/** CPU time of the server process, variants side by side in one run, launched anew a few times: what the machine does meanwhile happens to all. */
export async function costsOf(
  variants: readonly Variant[],
  settings: Settings,
  size: Size,
  report: (line: string) => void,
): Promise<Costs> {
  await assertMeasurable(settings);
  const costs: Costs = {};
  const perLaunch = Math.ceil(size.rounds / launches);
  for (let done = 0; done < size.rounds; done += perLaunch) {
    await using stack = new AsyncDisposableStack();
    const servers: Server[] = [];
    for (const variant of variants)
      servers.push(stack.use(await serve(variant, `http://127.0.0.1:${settings.ONETRACE_OTLP_GRPC_PORT}`)));
    report(`started ${servers.length} servers; warm-up: ${warmUp} requests each`);
    await round(servers, warmUp, 0);
    const last = Math.min(done + perLaunch, size.rounds);
    for (let number = done + 1; number <= last; number += 1)
      note(costs, await round(servers, size.requests, number), `round ${number} of ${size.rounds}`, report);
    assertComplete(servers);
  }
  return costs;
}

function note(
  costs: Costs,
  figures: (readonly [Variant['name'], number])[],
  title: string,
  report: (line: string) => void,
): void {
  for (const [name, cost] of figures) {
    costs[name] ??= [];
    costs[name].push(cost);
  }
  report(`${title}: ${figures.map(([name, cost]) => `${name} ${cost.toFixed(0)} µs`).join(', ')}`);
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

/** A server, what it had used before, and how long it was asked, both in ms. */
interface Run {
  server: Server;
  load: Load;
  before: number;
  asked: number;
}

/** A B C D, D C B A, B C D A …: nobody always comes first, or after the same one. */
async function round(servers: readonly Server[], requests: number, number: number) {
  using stack = new DisposableStack();
  const start = performance.now();
  const runs: Run[] = await Promise.all(
    servers.map(async (server) => ({
      server,
      load: stack.use(new Load(`${server.address}${page}`)),
      before: await server.cpu(),
      asked: 0,
    })),
  );
  for (let done = 0, turn = number; done < requests; done += block, turn += 1)
    for (const run of inTurn(runs, turn)) {
      const { sampled } = run.server.variant;
      const from = performance.now();
      await run.load.send(Math.min(block, requests - done), () => ({ traceparent: traceparent(sampled) }));
      run.asked += performance.now() - from;
    }
  const took = performance.now() - start;
  const ends = await settled(servers);
  return runs.map(({ server, before, asked }, index) => {
    const { used, idleShare } = ends[index] ?? { used: Number.NaN, idleShare: 0 };
    return [server.variant.name, (used - before - idleShare * (took - asked)) * (1000 / requests)] as const;
  });
}

function inTurn<T>(items: readonly T[], turn: number): T[] {
  const first = (turn >> 1) % items.length;
  const turned = [...items.slice(first), ...items.slice(0, first)];
  return turn % 2 === 0 ? turned : turned.reverse();
}

/**
 * What each has used, in ms, as of when none has anything left to do. `idleShare` is what it uses of a core all the time, such as for
 * being sampled, which is nobody's request; taken out of `used` from here on.
 */
async function settled(servers: readonly Server[]): Promise<{ used: number; idleShare: number }[]> {
  const atEnd = await Promise.all(servers.map(({ cpu }) => cpu()));
  let last = atEnd;
  let before = servers.map(() => Number.POSITIVE_INFINITY);
  for (let tries = 1; ; tries += 1) {
    await pause(settleMs);
    const now = await Promise.all(servers.map(({ cpu }) => cpu()));
    const used = now.map((at, index) => at - (last[index] ?? at));
    const calm = used.every((ms, index) => ms < idleMs || Math.abs((before[index] ?? 0) - ms) < idleMs);
    if (calm || tries === 10)
      return now.map((at, index) => {
        const ms = Math.min(used[index] ?? 0, before[index] ?? 0);
        const idle = ms < idleMs ? 0 : ms;
        return { used: at - tries * idle, idleShare: idle / settleMs };
      });
    last = now;
    before = used;
  }
}

function traceparent(sampled: boolean): string {
  const { traceId, spanId } = newTraceContext();
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** The ratio is taken round by round, then the median: a disturbance that lasted a round cancels out. The least and the greatest are told. */
export function compare(
  promise: string,
  costs: Costs,
  [name, other]: [Variant['name'], Variant['name']],
  measure: string,
  kept: (ratio: number) => boolean,
): Measurement {
  const [mine = [], others = []] = [costs[name], costs[other]];
  const ratios = mine.map((cost, round) => cost / (others[round] ?? Number.NaN));
  const ratio = median(ratios);
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const figure = `${ratio.toFixed(2)} × (${spread}; ${median(mine).toFixed(0)} against ${median(others).toFixed(0)} µs)`;
  return { promise, measure: `CPU per request: ${measure}`, figure, kept: kept(ratio) };
}
