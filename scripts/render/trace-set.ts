import type { TraceSet } from '../report/schema.ts';
import { shorten } from './clean.ts';
import { createPaint, ms, type Paint, percent } from './format.ts';
import { renderGraph } from './graph.ts';
import { renderTable } from './table.ts';
import { renderText, type TextOptions } from './text.ts';

/** Names on which less time was spent are left to JSON. */
const MOST_NAMES = 30;

/** Several traces for a terminal: their distribution, per span name, who calls whom, then the slowest in full. */
export function renderTraceSet(set: TraceSet, options: TextOptions): string {
  const paint = createPaint(options.colour);
  const columns = Math.max(60, options.width);
  const sections = [headline(set, paint), names(set, columns, paint), renderGraph(set.graph, columns, paint)];
  const head = sections.filter((section) => section !== '').join('\n\n');
  if (!set.slowest) return `${head}\n`;
  const title = paint('bold', 'The slowest of them');
  return `${head}\n\n${title}\n${renderText({ ...set.slowest, warnings: [...set.warnings, ...set.slowest.warnings] }, options)}`;
}

function headline({ traces, spans, seconds, totalMs }: TraceSet, paint: Paint): string {
  const count = paint('bold', `${traces.toLocaleString('en')} traces`);
  const over = seconds === null ? '' : ` over ${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`;
  const parts = (['min', 'p50', 'p95', 'p99', 'max'] as const).map((part) => `${part} ${ms(totalMs[part])}`);
  return `${count}, ${spans.toLocaleString('en')} spans${over}\n${paint('dim', `total: ${parts.join(' · ')} ms`)}`;
}

function names({ names: all }: TraceSet, width: number, paint: Paint): string {
  const shown = all.slice(0, MOST_NAMES);
  const number = 10;
  const service = Math.min(16, Math.max(7, ...shown.map((entry) => entry.service.length)));
  const label = Math.max(12, Math.min(48, width - service - 7 - 4 * number - 8 - 7 * 2));
  const columns = [
    { title: paint('dim', 'service'), columns: service, align: 'left' as const },
    { title: paint('dim', 'span'), columns: label, align: 'left' as const },
    { title: paint('dim', 'count'), columns: 7, align: 'right' as const },
    ...['p50 ms', 'p95 ms', 'p99 ms', 'sum ms'].map((title) => ({
      title: paint('dim', title),
      columns: number,
      align: 'right' as const,
    })),
    { title: paint('dim', 'errors'), columns: 8, align: 'right' as const },
  ];
  const rows = shown.map((entry) => [
    shorten(entry.service, service),
    shorten(entry.name, label),
    entry.count.toLocaleString('en'),
    ms(entry.ms.p50),
    ms(entry.ms.p95),
    ms(entry.ms.p99),
    ms(entry.totalMs),
    entry.errorShare === 0 ? '' : paint('red', percent(entry.errorShare)),
  ]);
  const more =
    all.length > shown.length
      ? `\n${paint('dim', `${all.length - shown.length} more names; JSON=1 has them all`)}`
      : '';
  return `${renderTable(columns, rows)}${more}`;
}
