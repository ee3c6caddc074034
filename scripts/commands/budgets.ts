import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { misuse, reason } from '../failure.ts';
import type { Budget } from '../model/budgets.ts';
import { parseBudgets } from '../parse/budgets.ts';
import { checkBudgets } from '../report/budgets/check.ts';
import type { BudgetResult } from '../report/budgets/schema.ts';
import { routeOf } from '../report/route.ts';
import type { Report } from '../report/schema.ts';

/** What a pipeline wants beside the verdict itself. */
export interface PipelineOptions {
  /** A budgets file (YAML). */
  budget: string | undefined;
  /** Where to write what became of the budgets, as JUnit XML. */
  junit: string | undefined;
  /** What to append a summary in Markdown to. */
  summary: string | undefined;
}

/** Read before anything is measured: a typo need not cost twenty requests. */
export interface BudgetsFile {
  file: string;
  budgets: Budget[];
}

/**
 * @returns null: no budgets are asked for
 * @throws Failure (usage) with the line that cannot be used
 */
export async function readBudgets({ budget: file, junit }: PipelineOptions): Promise<BudgetsFile | null> {
  if (!file) {
    if (!junit) return null;
    throw misuse({
      expected: 'budgets to report as JUnit XML',
      got: 'JUNIT without BUDGET',
      next: 'add BUDGET=budgets.yaml',
    });
  }
  const parsed = parseBudgets(await read(file));
  if ('budgets' in parsed) return { file, budgets: parsed.budgets };
  const { line, expected, got } = parsed.problem;
  throw misuse({
    expected: `${expected} in line ${line} of ${file}`,
    got,
    next: 'correct that line; examples/budgets.yaml shows all there is, ./onetrace schema budgets is its JSON Schema',
  });
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw misuse({ expected: 'BUDGET to name a budgets file', got: reason(error), next: 'copy examples/budgets.yaml' });
  }
}

/** @returns null: no budgets are asked for */
export function holdAgainst(file: BudgetsFile | null, reports: Iterable<Report>): BudgetResult | null {
  if (file === null) return null;
  const routes = new Set<string>();
  const checks = checkBudgets(file.budgets, named(reports, routes));
  const broken = checks.filter(({ status }) => status === 'broken').length;
  return { file: file.file, broken, routes: [...routes].slice(0, MOST_ROUTES), checks };
}

const MOST_ROUTES = 20;

function* named(reports: Iterable<Report>, routes: Set<string>): Generator<Report> {
  for (const report of reports) {
    routes.add(routeOf(report));
    yield report;
  }
}

/** Budgets none of which is about any of the traces would never break. null: some are. */
export function describeIdle(result: BudgetResult | null): string | null {
  if (result === null || result.checks.some(({ traces }) => traces > 0)) return null;
  const patterns = [...new Set(result.checks.map(({ route }) => route))].slice(0, MOST_ROUTES);
  const expected = `expected ${result.file} to have a budget for ${result.routes.join(', ')}`;
  return `${expected}, got budgets for ${patterns.join(', ')}. Next: add the route, or a pattern such as "*"`;
}

/**
 * Writes the files that a pipeline has asked for.
 * @returns what could not be written; null: all is. The result itself is not lost for it.
 */
export async function writeForPipeline(
  { junit, summary: summaryFile }: PipelineOptions,
  budgets: BudgetResult | null,
  summary: () => string,
): Promise<string | null> {
  const problems = [
    junit && budgets ? await write('JUNIT', junit, () => writeJunit(junit, budgets)) : null,
    await appendSummary(summaryFile, summary),
  ].filter((problem) => problem !== null);
  return problems.length > 0 ? problems.join('\n') : null;
}

async function writeJunit(file: string, budgets: BudgetResult): Promise<void> {
  const { renderJunit } = await import('../render/junit.ts'); // only who wants XML waits for its library
  await writeFile(file, renderJunit(budgets));
}

/** Steps of one job share the file. */
export async function appendSummary(file: string | undefined, summary: () => string): Promise<string | null> {
  return file ? write('SUMMARY', file, () => appendFile(file, summary())) : null;
}

async function write(variable: string, file: string, run: () => Promise<void>): Promise<string | null> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await run();
    return null;
  } catch (error) {
    return `${variable}=${file} was not written: ${reason(error)}. Next: give a path that can be written`;
  }
}
