import pWaitFor from 'p-wait-for';
import { max, median } from 'simple-statistics';
import type { Span } from '../../model/trace.ts';
import { parseOtlp } from '../../parse/otlp.ts';
import type { Settings } from '../../settings.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { newTraceContext } from '../../sources/trace-context.ts';
import { demoUrl } from '../../stack/services.ts';
import type { Measurement, Promised } from './measurement.ts';
import { compare, costsOf } from './overhead/rounds.ts';
import { type Server, serve } from './overhead/server.ts';
import { profilerVariants } from './overhead/variants.ts';

const requests = 30;

/** What function samples cost: every request while they are taken, and the others when they are started and handed over. */
export const profiler: Promised = {
  name: 'profiler',
  title: 'profiler: CPU per request with and without function samples',
  measure: async (settings, report, size) => {
    const costs = await costsOf(profilerVariants, settings, size, report);
    const runs = `${size.rounds} rounds of ${size.requests} requests`;
    return [
      compare('profiler', costs, ['profiled', 'ours'], `on at 1 ms ≤ 1.15 × off, ${runs}`, (ratio) => ratio <= 1.15),
      compare(
        'profiler',
        costs,
        ['on demand', 'ours'],
        'on demand and not asked: ≤ 1.03 × off',
        (ratio) => ratio <= 1.03,
      ),
      ...(await startAndFlush(settings, report)),
    ];
  },
};

async function startAndFlush(settings: Settings, report: (line: string) => void): Promise<Measurement[]> {
  await using server = await serve(
    {
      name: 'on demand',
      nodeArgs: ['--import', '@onetrace/instrumentation/register'],
      env: { ONETRACE_PROFILE: 'on-demand' },
      sampled: true,
    },
    `http://127.0.0.1:${settings.ONETRACE_OTLP_GRPC_PORT}`,
  );
  const ask = async () => (await profiled(server, settings)).attributes;
  await pWaitFor(async () => (await ask())['onetrace.profile.samples'] !== undefined, {
    interval: 500,
    timeout: 20_000,
  });
  const flushes: number[] = [];
  const starts: number[] = [];
  for (let request = 1; request <= requests; request += 1) {
    const attributes = await ask();
    flushes.push(Number(attributes['onetrace.profile.flush_ms']));
    starts.push(Number(attributes['onetrace.profile.start_ms']));
    report(`flush ${request} of ${requests}: ${flushes.at(-1)?.toFixed(1)} ms`);
  }
  return [
    {
      promise: 'profiler',
      measure: 'a start holds the event loop, after a response, at most once a minute: ≤ 500 ms',
      figure: `${max(starts).toFixed(0)} ms`,
      kept: max(starts) <= 500,
    },
    {
      promise: 'profiler',
      measure: `a flush holds it, when no request is under way: median ≤ 25 ms over ${requests}`,
      figure: `median ${median(flushes).toFixed(1)} ms, longest ${max(flushes).toFixed(1)} ms`,
      kept: median(flushes) <= 25,
    },
  ];
}

/** The server span of one request that asks for samples. */
async function profiled({ address }: Server, settings: Settings): Promise<Span> {
  const { traceId, traceparent, tracestate } = newTraceContext('profile');
  await (
    await fetch(`${address}${new URL(demoUrl(settings)).pathname}`, { headers: { traceparent, tracestate } })
  ).text();
  const jaeger = jaegerOn(settings.ONETRACE_JAEGER_UI_PORT);
  let found: Span | undefined;
  const arrived = async () => {
    const raw = await jaeger.trace(traceId);
    const spans = raw === null ? [] : (parseOtlp(raw).traces[0]?.spans ?? []);
    found = spans.find(({ kind }) => kind === 'server');
    return found !== undefined;
  };
  await pWaitFor(arrived, { interval: 50, timeout: 10_000 });
  return found as Span;
}
