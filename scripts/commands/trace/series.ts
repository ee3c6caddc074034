import { join, relative } from 'node:path';
import type { Warning } from '../../model/trace.ts';
import { withStep } from '../../progress.ts';
import { renderSeriesPage } from '../../render/html/pages.ts';
import { renderSeries } from '../../render/series.ts';
import { summariseReport } from '../../render/step-summary.ts';
import { buildReport } from '../../report/build.ts';
import type { Report } from '../../report/schema.ts';
import { buildSeries } from '../../report/series/build.ts';
import type { Settings } from '../../settings.ts';
import { curlOptions, requestUrl } from '../../sources/curl/options.ts';
import { withoutCredentials } from '../../sources/curl/url.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { paths, root } from '../../stack/paths.ts';
import { instances } from '../../stack/services.ts';
import { holdAgainst, readBudgets } from '../budgets.ts';
import { prepareExplain } from '../explain.ts';
import type { Result } from '../result.ts';
import { present } from '../verdict.ts';
import { type Complete, collectAll, isComplete } from './collect.ts';
import type { TraceOptions } from './index.ts';
import { describeLosses, nothingToMeasure } from './losses.ts';
import { save } from './save.ts';
import { shootAll, warmUp } from './shoot.ts';
import { readSize } from './size.ts';

export interface SeriesOptions extends TraceOptions {
  /** How many requests, as given. */
  n: string;
  /** How many at a time, as given; undefined: one. */
  c: string | undefined;
}

/** Repeats a request and says how its time is distributed: a single one may have been lucky. */
export async function traceSeries(settings: Settings, options: SeriesOptions): Promise<Result> {
  const url = requestUrl(options.url);
  const { sent, concurrency } = readSize('make trace URL=…', options.n, options.c);
  const request = { url, options: curlOptions(options.curl), key: settings.ONETRACE_KEY };
  const budgetsFile = await readBudgets(options);
  const explain = prepareExplain(options);

  const step = <T>(
    title: string,
    run: (report: (line: string) => void) => Promise<T>,
    describe: (result: T) => string,
  ) => withStep(options.progress, title, run, describe);
  await step(
    `warm-up, not counted`,
    () => warmUp(request, instances),
    () => `${instances} requests`,
  );
  const { answered, failures } = await step(
    `${sent} × curl ${withoutCredentials(url)}`,
    (report) => shootAll(request, { sent, concurrency }, settings, report),
    (shots) => `${shots.answered.length} answers`,
  );
  const collected = await step(
    'their traces',
    (report) => collectAll(url, answered, settings, report),
    (all) => `${all.filter(isComplete).length} complete`,
  );
  const complete = collected.filter(isComplete);
  if (complete.length === 0) throw nothingToMeasure(collected, failures, settings);

  const saved = await saveAll(complete);
  const page = await jaegerOn(settings.ONETRACE_JAEGER_UI_PORT).link('');
  const unexplained = complete.map(({ context: { traceId }, exchange, arrived }) => {
    const links = { jaeger: page && `${page}${traceId}`, file: saved.files.get(traceId) ?? null };
    return buildReport({ trace: arrived.trace, request: exchange.facts, warnings: arrived.warnings, links });
  });
  const explained = await explain(unexplained);
  const reports = unexplained.map(explained.apply);
  const incomplete = collected.length - complete.length;
  const series = buildSeries({
    reports,
    url: withoutCredentials(url),
    requests: { sent, concurrency, warmUp: instances, incomplete, failed: failures.length },
    directory: saved.directory,
    warnings: [...saved.warnings, ...unlike(reports)],
  });
  const budgets = holdAgainst(budgetsFile, reports);
  const place = saved.directory === null ? [] : [`All raw traces: ${saved.directory} (for make compare A=… B=…)`];
  const notes = [...place, ...explained.notes];
  return present(
    {
      result: series,
      text: (more) => renderSeries(series, { ...options, notes: [...notes, ...more] }),
      summary: () => summariseReport(`median of ${reports.length}`, series.median, budgets),
      page: { name: series.slowest.traceId, render: (assets) => renderSeriesPage(series, assets) },
      budgets,
      losses: complete.length === sent ? null : describeLosses(collected, failures, sent, settings),
    },
    options,
  );
}

/** A directory of their own, so that `compare` can take them as a set. */
async function saveAll(complete: readonly Complete[]) {
  const directory = join(paths.traces, new Date().toISOString().replaceAll(/[:.]/g, '-'));
  const files = new Map<string, string>();
  const warnings: Warning[] = [];
  for (const { context, arrived } of complete) {
    const saved = await save(directory, context.traceId, arrived.raw);
    if (saved.file !== null) files.set(context.traceId, saved.file);
    else if (warnings.length === 0) warnings.push(...saved.warnings);
  }
  return { files, warnings, directory: files.size === 0 ? null : relative(root, directory) };
}

/** A quick error among slow pages would count as a fast page. */
function unlike(reports: readonly Report[]): Warning[] {
  const statuses = [...Map.groupBy(reports, ({ request }) => request?.status ?? null)];
  if (statuses.length === 1) return [];
  const counts = statuses.map(([status, all]) => `${all.length} × ${status ?? 'no answer'}`).join(', ');
  return [{ code: 'unlike-answers', message: `not all requests were answered alike: ${counts}`, spanIds: [] }];
}
