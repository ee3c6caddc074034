import type { Completeness } from '../../analysis/completeness.ts';
import { withStep } from '../../progress.ts';
import { renderVerdictPage } from '../../render/html/pages.ts';
import { summariseReport } from '../../render/step-summary.ts';
import { renderText } from '../../render/text.ts';
import { buildReport } from '../../report/build.ts';
import type { Settings } from '../../settings.ts';
import { deliver } from '../../sources/collector.ts';
import { curlOptions, requestUrl } from '../../sources/curl/options.ts';
import { type Exchange, send } from '../../sources/curl/send.ts';
import { withoutCredentials } from '../../sources/curl/url.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { newTraceContext } from '../../sources/trace-context.ts';
import { paths } from '../../stack/paths.ts';
import { holdAgainst, readBudgets } from '../budgets.ts';
import { prepareExplain } from '../explain.ts';
import type { Result } from '../result.ts';
import { present, type VerdictOptions } from '../verdict.ts';
import { type Arrived, awaitTrace } from './await-trace.ts';
import { complain, missingHops, nothingArrived } from './complaint.ts';
import { expectation } from './expectation.ts';
import { save } from './save.ts';

export interface TraceOptions extends VerdictOptions {
  url: string | undefined;
  /** Further options for curl, as a shell would read them. */
  curl: string;
}

/** Sends one request, waits until its trace is complete, and says where the time went. */
export async function trace(settings: Settings, options: TraceOptions): Promise<Result> {
  const url = requestUrl(options.url);
  const budgetsFile = await readBudgets(options);
  const explain = prepareExplain(options);
  const context = newTraceContext('profile');
  const request = { url, options: curlOptions(options.curl), context, key: settings.ONETRACE_KEY };
  const jaeger = jaegerOn(settings.ONETRACE_JAEGER_UI_PORT);

  const exchange = await withStep(
    options.progress,
    `curl ${withoutCredentials(url)}`,
    () => send(request),
    describeExchange,
  );
  const collect = async () => {
    await deliver(exchange, context, settings.ONETRACE_OTLP_HTTP_PORT);
    return awaitTrace(jaeger, context.traceId, expectation(url, context, settings), settings.ONETRACE_TRACE_TIMEOUT_MS);
  };
  const arrived = await withStep(options.progress, 'its trace', collect, describeArrival);
  if (arrived.raw === null || arrived.trace === null) throw nothingArrived(arrived.completeness, settings);

  const { complete } = arrived.completeness;
  const saved = await save(paths.traces, context.traceId, arrived.raw);
  const links = { jaeger: await jaeger.link(context.traceId), file: saved.file };
  const unexplained = buildReport({
    trace: arrived.trace,
    request: exchange.facts,
    warnings: [...missingHops(arrived.completeness), ...saved.warnings, ...arrived.warnings],
    links,
  });
  const explained = await explain([unexplained]);
  const report = explained.apply(unexplained);
  const budgets = holdAgainst(budgetsFile, [report]);
  const notes = [
    links.jaeger ?? 'Jaeger has no web page here: it was built from its modules.',
    ...(links.file === null ? [] : [`Raw trace: ${links.file}`]),
    ...explained.notes,
  ];
  return present(
    {
      result: report,
      text: (more) => renderText(report, { ...options, notes: [...notes, ...more] }),
      summary: () => summariseReport('onetrace', report, budgets),
      page: { name: context.traceId, render: (assets) => renderVerdictPage(report, assets) },
      budgets,
      losses: complete ? null : complain(arrived.completeness, settings),
    },
    options,
  );
}

const describeExchange = ({ facts }: Exchange) => `${facts.status} in ${facts.times?.total} ms`;
const describeArrival = ({ trace: arrived, completeness }: { trace: Arrived['trace']; completeness: Completeness }) =>
  `${arrived?.spans.length ?? 0} spans${completeness.complete ? '' : ', incomplete'}`;
