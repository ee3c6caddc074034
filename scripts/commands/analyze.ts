import type { Trace, Warning } from '../model/trace.ts';
import { renderBudgets } from '../render/budgets.ts';
import { renderJson } from '../render/json.ts';
import { summariseReport } from '../render/step-summary.ts';
import { renderText } from '../render/text.ts';
import { renderTraceSet } from '../render/trace-set.ts';
import { buildReport } from '../report/build.ts';
import type { Report } from '../report/schema.ts';
import { buildTraceSet } from '../report/trace-set.ts';
import type { Settings } from '../settings.ts';
import { holdAgainst, type PipelineOptions, readBudgets, verdictCode, writeForPipeline } from './budgets.ts';
import { loadTraces, requireSource } from './load-traces.ts';
import type { Display, Result } from './result.ts';

export interface AnalyzeOptions extends Display, PipelineOptions {
  /** Where the traces are. */
  file: string | undefined;
}

/** The verdict on a saved trace; of several traces what they say together, and the verdict on the slowest. */
export async function analyze(settings: Settings, options: AnalyzeOptions): Promise<Result> {
  const budgetsFile = await readBudgets(options);
  const file = requireSource(options.file, 'FILE', 'make analyze FILE=trace.json');
  const { traces, warnings } = await loadTraces(file, settings);
  const { result, slowest, title, text } = verdictOn(traces, warnings, options);
  const budgets = holdAgainst(budgetsFile, budgetsFile === null ? [] : reportsOf(traces));
  const unwritten = await writeForPipeline(options, budgets, () =>
    slowest === null ? '' : summariseReport(title, slowest, budgets),
  );
  return {
    text: options.json
      ? renderJson(budgets ? { ...result, budgets } : result)
      : `${text()}${budgets ? `\n${renderBudgets(budgets, options)}` : ''}`,
    code: verdictCode(budgets, unwritten),
    complaint: unwritten,
  };
}

interface Verdict {
  /** What JSON shows. */
  result: object;
  slowest: Report | null;
  title: string;
  text: () => string;
}

function verdictOn(traces: readonly Trace[], warnings: readonly Warning[], display: Display): Verdict {
  const options = { ...display, notes: [] };
  const [only] = traces;
  if (only && traces.length === 1) {
    const report = buildReport({ trace: only, request: null, warnings });
    return { result: report, slowest: report, title: 'onetrace', text: () => renderText(report, options) };
  }
  const set = buildTraceSet({ traces, warnings });
  return {
    result: set,
    slowest: set.slowest,
    title: `slowest of ${traces.length} traces`,
    text: () => renderTraceSet(set, options),
  };
}

/** One at a time: of a large file not all reports fit into memory. */
function* reportsOf(traces: readonly Trace[]): Generator<Report> {
  for (const trace of traces) yield buildReport({ trace, request: null, warnings: [] });
}
