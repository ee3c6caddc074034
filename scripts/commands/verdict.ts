import { exitCode } from '../failure.ts';
import { renderBudgets } from '../render/budgets.ts';
import type { PageAssets } from '../render/html/document.ts';
import { renderJson } from '../render/json.ts';
import type { BudgetResult } from '../report/budgets/schema.ts';
import { describeIdle, type PipelineOptions, writeForPipeline } from './budgets.ts';
import type { ExplainOptions } from './explain.ts';
import { type PageWish, writePage } from './page/write.ts';
import type { Display, Result } from './result.ts';

/** Every way in which a verdict may be asked for. */
export interface VerdictOptions extends Display, PipelineOptions, PageWish, ExplainOptions {}

/** A verdict in all its forms; only those that are asked for are made. */
export interface Verdict {
  /** For JSON. */
  result: object;
  /** @param notes last lines: where to see more */
  text: (notes: readonly string[]) => string;
  /** In Markdown. */
  summary: () => string;
  /** `name` is that of its file, where none is given. */
  page: { name: string; render: (assets: PageAssets) => string } | null;
  budgets: BudgetResult | null;
  /** What is missing and what to check; null: nothing is. */
  losses: string | null;
}

/** Writes the files that were asked for, and says what belongs on stdout, what on stderr, and how it went. */
export async function present(verdict: Verdict, options: VerdictOptions): Promise<Result> {
  const { result, budgets, losses } = verdict;
  const unwritten = await writeForPipeline(options, budgets, verdict.summary);
  const page = verdict.page && (await writePage(verdict.page.name, verdict.page.render, options));
  // Nothing but the result goes to stdout: with JSON, stderr has the place of the page.
  const remark = page && (options.json || !page.written) ? page.note : null;
  const idle = describeIdle(budgets);
  const complaints = [losses, idle, unwritten, remark].filter((complaint) => complaint !== null);
  const text = () =>
    [verdict.text(page?.written ? [page.note] : []), ...(budgets ? [renderBudgets(budgets, options)] : [])].join('\n');
  return {
    text: options.json ? renderJson(budgets ? { ...result, budgets } : result) : text(),
    code: codeOf(verdict, idle === null && unwritten === null && page?.written !== false),
    complaint: complaints.length > 0 ? complaints.join('\n') : null,
  };
}

/** What is missing spoils the figures, so that it goes before a budget; what was asked for in vain is the least of all. */
function codeOf({ losses, budgets }: Verdict, asAsked: boolean): Result['code'] {
  if (losses !== null) return exitCode.absent;
  if (budgets !== null && budgets.broken > 0) return exitCode.finding;
  return asAsked ? exitCode.fine : exitCode.usage;
}
