import pMap from 'p-map';
import { assess } from '../../analysis/completeness.ts';
import { parseOtlp } from '../../parse/otlp.ts';
import type { Settings } from '../../settings.ts';
import { deliver } from '../../sources/collector.ts';
import { send } from '../../sources/curl/send.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { newTraceContext, type TraceContext } from '../../sources/trace-context.ts';
import { demoUrl } from '../../stack/services.ts';
import type { Promised } from './measurement.ts';

const requests = 200;
const concurrency = 8;

/** Every request its own traceparent: each has to end as one trace with one root and nothing lost. */
export const oneTrace: Promised = {
  name: 'one-trace',
  title: `one trace: ${requests} requests, ${concurrency} at a time`,
  measure: async (settings, report) => {
    const contexts = Array.from({ length: requests }, () => newTraceContext());
    await sendAll(contexts, settings, report);
    const results = await settle(contexts, settings);
    const whole = results.filter(({ whole }) => whole).length;
    const orphans = results.reduce((sum, result) => sum + result.orphans, 0);
    return [
      {
        promise: 'one trace',
        measure: `${requests} requests: ${requests} single-rooted traces with curl, nginx and app, 0 orphans`,
        figure: `${whole} whole traces, ${orphans} orphans`,
        kept: whole === requests && orphans === 0,
      },
    ];
  },
};

async function sendAll(
  contexts: readonly TraceContext[],
  settings: Settings,
  report: (line: string) => void,
): Promise<void> {
  let sent = 0;
  const sendOne = async (context: TraceContext) => {
    const exchange = await send({ url: demoUrl(settings), options: [], context, key: settings.ONETRACE_KEY });
    await deliver(exchange, context, settings.ONETRACE_OTLP_HTTP_PORT);
    sent += 1;
    report(`${sent} of ${contexts.length} sent`);
  };
  await pMap(contexts, sendOne, { concurrency });
}

/** The last spans are under way for a moment: looks again until all is there, at most for the time a trace may take. */
async function settle(contexts: readonly TraceContext[], settings: Settings) {
  const deadline = performance.now() + settings.ONETRACE_TRACE_TIMEOUT_MS;
  for (;;) {
    const results = await Promise.all(contexts.map((context) => examine(context, settings)));
    if (results.every(({ whole }) => whole) || performance.now() > deadline) return results;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function examine(
  { traceId, spanId }: TraceContext,
  settings: Settings,
): Promise<{ whole: boolean; orphans: number }> {
  const raw = await jaegerOn(settings.ONETRACE_JAEGER_UI_PORT).trace(traceId);
  const trace = raw === null ? null : (parseOtlp(raw).traces[0] ?? null);
  const { complete, orphans } = assess(trace, {
    clientSpanId: spanId,
    hops: ['curl', 'nginx', 'app'],
    appService: settings.OTEL_SERVICE_NAME,
  });
  const roots = trace?.spans.filter((span) => span.parentId === null).length ?? 0;
  return { whole: complete && roots === 1, orphans: orphans.length };
}
