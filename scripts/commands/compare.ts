import { absent, exitCode, misuse } from '../failure.ts';
import { renderComparison } from '../render/compare.ts';
import { renderJson } from '../render/json.ts';
import { summariseComparison } from '../render/step-summary.ts';
import { buildReport } from '../report/build.ts';
import { compareReports, type Side } from '../report/compare/build.ts';
import { routeNames, routeOf } from '../report/route.ts';
import type { Settings } from '../settings.ts';
import { appendSummary } from './budgets.ts';
import { loadTraces, requireSource } from './load-traces.ts';
import type { Display, Result } from './result.ts';

export interface CompareOptions extends Display {
  /** What to append a summary in Markdown to. */
  summary: string | undefined;
  /** Where the traces before the change are. */
  a: string | undefined;
  /** Where those after it are. */
  b: string | undefined;
  /** Of which route; undefined: the one that both have most of. */
  route: string | undefined;
}

const example = 'make compare A=before.json B=after.json';

/** What changed between two traces, or between two sets of them. */
export async function compare(settings: Settings, options: CompareOptions): Promise<Result> {
  const names = [requireSource(options.a, 'A', example), requireSource(options.b, 'B', example)] as const;
  if (names[0] === '-' && names[1] === '-') {
    throw misuse({ expected: 'standard input for one of A and B', got: '- for both', next: example });
  }
  const route = options.route || null;
  const [a, b] = [await load(names[0], route, settings), await load(names[1], route, settings)];
  const comparison = compareReports({ a, b, route, warnings: [...a.warnings, ...b.warnings] });
  const unwritten = await appendSummary(options.summary, () => summariseComparison(comparison));
  return {
    text: options.json ? renderJson(comparison) : renderComparison(comparison, options),
    code: unwritten === null ? exitCode.fine : exitCode.usage,
    complaint: unwritten,
  };
}

async function load(name: string, route: string | null, settings: Settings) {
  const { traces, warnings } = await loadTraces(name, settings);
  const reports = traces.map((trace) => buildReport({ trace, request: null, warnings: [] }));
  if (route !== null && !reports.some((report) => routeNames(report).includes(route)))
    throw noSuchRoute(name, route, reports);
  return { name, reports, warnings: warnings.map((each) => ({ ...each, message: `${name}: ${each.message}` })) };
}

function noSuchRoute(name: string, route: string, reports: Side['reports']) {
  const routes = [...new Set(reports.map(routeOf))];
  return absent({
    expected: `traces of ${route} in ${name}`,
    got: `those of ${routes.slice(0, 10).join(', ')}`,
    next: 'give one of these as ROUTE=',
  });
}
