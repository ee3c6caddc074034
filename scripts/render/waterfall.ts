import type { Report } from '../report/schema.ts';
import { drawBar, drawGap, type Scale, type Stretch } from './bar.ts';
import { shorten, shortenMiddle } from './clean.ts';
import { foldSpans, type Row } from './fold.ts';
import { ms, type Paint } from './format.ts';
import { type Gap, placeGaps } from './gaps.ts';
import { withoutTrifles } from './inferred.ts';
import { labelOf, layOut, serviceOf } from './layout.ts';
import { renderTable } from './table.ts';

/** As many as two screens hold. */
const MOST_ROWS = 60;

/** What happened when: a row for each span, or for several that are alike, and for each gap that is worth it. */
export function renderWaterfall(report: Report, width: number, paint: Paint): string {
  const rows = foldSpans(withoutTrifles(report), MOST_ROWS);
  const lines = placeGaps(rows, report);
  const layout = layOut(lines, width);
  const scale = { ...timeline(rows), columns: layout.bar };
  const critical = Map.groupBy(report.criticalPath, (segment) => segment.spanId);

  const cells = lines.map((line) => {
    if (line.kind === 'gap') return gapCells(line.gap, shortenMiddle(labelOf(line, width), layout.label), scale, paint);
    const label = shorten(labelOf(line, width), layout.label);
    const segments = line.row.spanIds.filter((id) => critical.has(id)).flatMap((id) => critical.get(id) ?? []);
    return spanCells(line.row, shorten(serviceOf(line), layout.service), label, segments, scale, paint);
  });
  const columns = [
    { title: ' ', columns: 1, align: 'left' as const },
    { title: paint('dim', 'service'), columns: layout.service, align: 'left' as const },
    { title: paint('dim', 'span'), columns: layout.label, align: 'left' as const },
    { title: '', columns: layout.bar, align: 'left' as const },
    ...['start', 'ms', 'self'].map((title) => ({
      title: paint('dim', title),
      columns: layout.number,
      align: 'right' as const,
    })),
  ];
  const table = renderTable(columns, cells);
  return [table, ...legend(report, rows).map((text) => paint('dim', text))].join('\n');
}

function timeline(rows: readonly Row[]): Stretch {
  const startMs = rows.reduce((least, row) => Math.min(least, row.startMs), rows[0]?.startMs ?? 0);
  const endMs = rows.reduce((most, row) => Math.max(most, row.startMs + row.lengthMs), startMs);
  return { startMs, durationMs: endMs - startMs };
}

function gapCells(gap: Gap, label: string, scale: Scale, paint: Paint): string[] {
  const texts = ['', '', label, drawGap(gap, scale), ms(gap.startMs), ms(gap.durationMs), ''];
  return texts.map((text) => paint('dim', text));
}

function spanCells(
  row: Row,
  service: string,
  label: string,
  critical: readonly Stretch[],
  scale: Scale,
  paint: Paint,
): string[] {
  const bar = drawBar({ startMs: row.startMs, durationMs: row.lengthMs }, critical, scale);
  return [
    row.onCriticalPath ? paint('yellow', '◆') : ' ',
    service,
    row.error ? paint('red', label) : label,
    row.span.samples === null ? paintBar(bar, paint) : paint('magenta', bar.replaceAll('░', '▒')),
    ms(row.startMs),
    ms(row.durationMs),
    ms(row.selfMs),
  ];
}

function paintBar(bar: string, paint: Paint): string {
  return bar.replaceAll(/█+/g, (part) => paint('yellow', part)).replaceAll(/░+/g, (part) => paint('cyan', part));
}

function legend(report: Report, rows: readonly Row[]): string[] {
  const lines = ['◆ on the critical path   █ with its own time   self: while no child runs'];
  if (rows.some((row) => row.times > 1)) {
    lines.push('n × name: siblings of one name, with the sum of their times and without what is inside them');
  }
  if (rows.some(({ span }) => span.samples !== null)) {
    lines.push('≈ ▒ estimated from samples of the thread, and not recorded by code: those that matter');
  }
  const inferred = new Set<string>();
  for (const { id, samples } of report.spans) if (samples !== null) inferred.add(id);
  const recorded = report.spans.length - inferred.size;
  const shown = rows.reduce((sum, { spanIds }) => {
    return sum + (inferred.size === 0 ? spanIds.length : spanIds.filter((id) => !inferred.has(id)).length);
  }, 0);
  const hidden = recorded - shown;
  if (hidden > 0) {
    const count = `${hidden.toLocaleString('en')} shorter spans of ${recorded.toLocaleString('en')}`;
    lines.push(`${count} are not shown; JSON=1 has them all`);
  }
  return lines;
}
