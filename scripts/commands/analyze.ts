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
import { type Explained, prepareExplain } from './explain.ts';
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
  const explain = prepareExplain(options);
  const file = requireSource(options.file, 'FILE', 'make analyze FILE=trace.json');
  const { traces, warnings } = await loadTraces(file, settings);
  const { result, report, title, text, renderPage, explained } = await (traces.length === 1 ? ofOne : ofMany)({
    traces,
    warnings,
    options,
    explain,
    all: budgetsFile !== null,
  });
  const held = traces.length === 1 && report ? [report] : reportsOf(traces, explained);
  const budgets = holdAgainst(budgetsFile, held);
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
  explained: Explained;
}

interface Task {
  traces: readonly Trace[];
  warnings: readonly Warning[];
  options: AnalyzeOptions;
  explain: ReturnType<typeof prepareExplain>;
  /** Whether the verdicts on all traces are wanted, and not only the one that is shown. */
  all: boolean;
}

type Analyse = (task: Task) => Promise<Analysis>;

const ofOne: Analyse = async ({ traces: [trace], warnings, options, explain }) => {
  const unexplained = buildReport({ trace: trace as Trace, request: null, warnings });
  const explained = await explain([unexplained]);
  const report = explained.apply(unexplained);
  return {
    result: report,
    report,
    title: 'onetrace',
    text: (notes) => renderText(report, { ...options, notes: [...explained.notes, ...notes] }),
    renderPage: (assets) => renderVerdictPage(report, assets),
    explained,
  };
};

const ofMany: Analyse = async ({ traces, warnings, options, explain, all }) => {
  const unexplained = buildTraceSet({ traces, warnings });
  // The one that is shown first: questions are limited.
  const explained = await explain(chain(unexplained.slowest, all ? reportsOf(traces) : []));
  const set = { ...unexplained, slowest: unexplained.slowest && explained.apply(unexplained.slowest) };
  return {
    result: set,
    report: set.slowest,
    title: `slowest of ${traces.length} traces`,
    text: (notes) => renderTraceSet(set, { ...options, notes: [...explained.notes, ...notes] }),
    renderPage: (assets) => renderTraceSetPage(set, assets),
    explained,
  };
};

function* chain(first: Report | null, rest: Iterable<Report>): Generator<Report> {
  if (first !== null) yield first;
  yield* rest;
}

/** One at a time: of a large file not all reports fit into memory. */
function* reportsOf(traces: readonly Trace[], explained?: Explained): Generator<Report> {
  for (const trace of traces) {
    const report = buildReport({ trace, request: null, warnings: [] });
    yield explained ? explained.apply(report) : report;
  }
}
