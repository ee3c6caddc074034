import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { max, median } from 'simple-statistics';
import { parseOtlp } from '../../parse/otlp.ts';
import type { Settings } from '../../settings.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { root } from '../../stack/paths.ts';
import { demoUrl } from '../../stack/services.ts';
import type { Promised } from './measurement.ts';

const runs = 20;
const limitSeconds = 1.5;

/** From the last byte of the response (the end of curl's span) to the end of `make trace`, the verdict printed. */
export const verdictAtOnce: Promised = {
  name: 'verdict-at-once',
  title: `verdict at once: ${runs} runs of make trace`,
  measure: async (settings, report) => {
    const seconds: number[] = [];
    for (let run = 1; run <= runs; run += 1) {
      seconds.push(await once(settings));
      report(`run ${run} of ${runs}: ${seconds.at(-1)?.toFixed(2)} s`);
    }
    const middle = median(seconds);
    return [
      {
        promise: 'verdict at once',
        measure: `response to printed verdict: median ≤ ${limitSeconds} s over ${runs} runs of make trace`,
        figure: `median ${middle.toFixed(2)} s, slowest ${max(seconds).toFixed(2)} s`,
        kept: middle <= limitSeconds,
      },
    ];
  },
};

async function once(settings: Settings): Promise<number> {
  const { stdout } = await promisify(execFile)('make', ['--silent', 'trace', `URL=${demoUrl(settings)}`, 'JSON=1'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const printed = BigInt(Date.now()) * 1_000_000n;
  const { traceId } = JSON.parse(stdout) as { traceId: string };
  const trace = parseOtlp((await jaegerOn(settings.ONETRACE_JAEGER_UI_PORT).trace(traceId)) ?? '').traces[0];
  const curl = trace?.spans.find((span) => span.parentId === null);
  if (trace === undefined || curl === undefined) throw new Error(`Jaeger has lost trace ${traceId}`);
  return Number(printed - trace.epochNs - BigInt(curl.end)) / 1e9;
}
