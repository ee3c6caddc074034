import type { Trace, Warning } from '../model/trace.ts';
import { renderTraceSetPage, renderVerdictPage } from '../render/html/pages.ts';
import { summariseReport } from '../render/step-summary.ts';
import { renderText } from '../render/text.ts';
import { renderTraceSet } from '../render/trace-set.ts';
import { buildReport } from '../report/build.ts';
import type { Report } from '../report/schema.ts';
import { buildTraceSet } from '../report/trace-set.ts';
import type { Settings } from '../settings.ts';
import { holdAgainst, readBudgets } from './budgets.ts';
import { loadTraces, requireSource } from './load-traces.ts';
import type { Result } from './result.ts';
import { present, type Verdict, type VerdictOptions } from './verdict.ts';

export interface AnalyzeOptions extends VerdictOptions {
  /** Where the traces are. */
  file: string | undefined;
}

/** The verdict on a saved trace; of several traces what they say together, and the verdict on the slowest. */
export async function analyze(settings: Settings, options: AnalyzeOptions): Promise<Result> {
  const budgetsFile = await readBudgets(options);
  const file = requireSource(options.file, 'FILE', 'make analyze FILE=trace.json');
  const { traces, warnings } = await loadTraces(file, settings);
  const { result, report, title, text, renderPage } =
    traces.length === 1 ? ofOne(traces, warnings, options) : ofMany(traces, warnings, options);
  const budgets = budgetsFile && holdAgainst(budgetsFile, traces.length === 1 && report ? [report] : reportsOf(traces));
  return present(
    {
      result,
      text,
      summary: () => (report ? summariseReport(title, report, budgets) : ''),
      page: report && { name: report.traceId, render: renderPage },
      budgets,
      losses: null,
    },
    options,
  );
}

interface Analysis extends Pick<Verdict, 'result' | 'text'> {
  /** Of the trace that is shown in full. */
  report: Report | null;
  title: string;
  renderPage: NonNullable<Verdict['page']>['render'];
}

type Analyse = (traces: readonly Trace[], warnings: readonly Warning[], options: AnalyzeOptions) => Analysis;

const ofOne: Analyse = ([trace], warnings, options) => {
  const report = buildReport({ trace: trace as Trace, request: null, warnings });
  return {
    result: report,
    report,
    title: 'onetrace',
    text: (notes) => renderText(report, { ...options, notes }),
    renderPage: (assets) => renderVerdictPage(report, assets),
  };
};

const ofMany: Analyse = (traces, warnings, options) => {
  const set = buildTraceSet({ traces, warnings });
  return {
    result: set,
    report: set.slowest,
    title: `slowest of ${traces.length} traces`,
    text: (notes) => renderTraceSet(set, { ...options, notes }),
    renderPage: (assets) => renderTraceSetPage(set, assets),
  };
};

/** One at a time: of a large file not all reports fit into memory. */
function* reportsOf(traces: readonly Trace[]): Generator<Report> {
  for (const trace of traces) yield buildReport({ trace, request: null, warnings: [] });
}
