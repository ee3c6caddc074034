import type { BudgetResult } from '../report/budgets/schema.ts';
import type { Comparison } from '../report/compare/schema.ts';
import type { Report } from '../report/schema.ts';
import { amount, basisOf, subjectOf } from './budget-words.ts';
import { clean } from './clean.ts';
import { ms, percent, signedMs } from './format.ts';

/** Rows of a table that a page about a build still invites to read. */
const MOST_ROWS = 10;

/** A verdict as GitHub's flavour of Markdown, for the summary of a workflow's step. */
export function summariseReport(title: string, report: Report, budgets: BudgetResult | null): string {
  const url = report.request === null ? '' : ` of ${cell(`${report.request.method} ${report.request.url}`)}`;
  const accounts = report.accounting.slice(0, MOST_ROWS);
  const findings = report.findings.map(({ severity, rule, message }) => `- **${rule}** (${severity}) ${cell(message)}`);
  return document([
    `### ${cell(title)}: ${ms(report.totalMs)} ms${url}`,
    ...(budgets === null ? [] : [budgetTable(budgets)]),
    table(
      ['ms', 'share', 'kind', 'where'],
      accounts.map(({ ms: time, share, kind, name }) => [ms(time), percent(share), kind, cell(name)]),
    ),
    findings.join('\n'),
  ]);
}

/** A comparison, likewise. */
export function summariseComparison({ route, a, b, total, spans }: Comparison): string {
  const rows = spans.filter(({ self, status }) => self.change !== 0 || status !== 'both').slice(0, MOST_ROWS);
  return document([
    `### ${cell(route)}: ${signedMs(total.change)} ms`,
    `${ms(total.a)} ms (${cell(a.name)}, ${a.traces}) → ${ms(total.b)} ms (${cell(b.name)}, ${b.traces})`,
    table(
      ['self time', 'of the span', 'service', 'span', ''],
      rows.map(({ self, duration, service, name, status }) => [
        signedMs(self.change),
        signedMs(duration.change),
        cell(service),
        cell(name),
        status === 'both' ? (self.significance?.significant ? 'significant' : '') : status,
      ]),
    ),
  ]);
}

const MARKS = { kept: '✅', broken: '❌', 'not-measured': '⚠️' } as const;

function budgetTable({ file, checks, broken }: BudgetResult): string {
  const rows = checks.map((check) => [
    MARKS[check.status],
    cell(check.route),
    cell(subjectOf(check)),
    check.measured === null ? check.status : amount(check.measured, check),
    amount(check.limit, check),
    basisOf(check),
  ]);
  const title = broken === 0 ? 'Budgets are kept' : `${broken} of ${checks.length} budgets broken`;
  return `**${title}** (${cell(file)})\n\n${table(['', 'route', 'budget', 'measured', 'allowed', ''], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}

/** Text that came from outside: neither Markdown nor HTML. */
function cell(text: string): string {
  return clean(text).replaceAll(/[\\`*_{}[\]<>()#+!|~&@]/g, (char) => `&#${char.codePointAt(0)};`);
}

const document = (parts: readonly string[]) => `${parts.filter((part) => part !== '').join('\n\n')}\n\n`;
