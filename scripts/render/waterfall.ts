import stringWidth from 'string-width';
import type { Report } from '../report/schema.ts';
import { drawBar, drawGap, type Scale, type Stretch } from './bar.ts';
import { shorten } from './clean.ts';
import { foldSpans, type Row } from './fold.ts';
import { ms, type Paint } from './format.ts';
import { placeGaps } from './gaps.ts';
import { renderTable } from './table.ts';

/** As many as two screens hold. */
const MOST_ROWS = 60;
/** Deeper rows keep this indentation. */
const DEEPEST = 12;

export function renderWaterfall(report: Report, width: number, paint: Paint): string {
  const rows = foldSpans(report.spans, MOST_ROWS);
  const lines = placeGaps(rows, report);
  const cells = lines.map((line) => ({
    line,
    label: labelOf(line),
    service: line.kind === 'span' ? line.row.span.service : '',
  }));
  const layout = layOut(cells, width);
  const scale: Scale = { ...timeline(rows), columns: layout.bar };
  const critical = Map.groupBy(report.criticalPath, (segment) => segment.spanId);

  const table = renderTable(
    [
      { title: ' ', columns: 1, align: 'left' },
      { title: paint('dim', 'service'), columns: layout.service, align: 'left' },
      { title: paint('dim', 'span'), columns: layout.label, align: 'left' },
      ...(layout.bar > 0 ? [{ title: '', columns: layout.bar, align: 'left' as const }] : []),
      ...['start', 'ms', 'self'].map((title) => ({
        title: paint('dim', title),
        columns: layout.number,
        align: 'right' as const,
      })),
    ],
    cells.map(({ line, label, service }) => {
      if (line.kind === 'gap') {
        const { startMs, durationMs } = line.gap;
        const bar = layout.bar > 0 ? [drawGap(line.gap, scale)] : [];
        const texts = ['', '', shorten(label, layout.label), ...bar, ms(startMs), ms(durationMs), ''];
        return texts.map((text) => paint('dim', text));
      }
      const { row } = line;
      const segments = row.spanIds.flatMap((id) => critical.get(id) ?? []);
      const bar =
        layout.bar > 0 ? [paintBar(drawBar({ ...row, durationMs: row.lengthMs }, segments, scale), paint)] : [];
      const mark = row.onCriticalPath ? paint('yellow', '◆') : ' ';
      const name = paint(row.error ? 'red' : row.onCriticalPath ? 'bold' : 'reset', shorten(label, layout.label));
      return [
        mark,
        shorten(service, layout.service),
        name,
        ...bar,
        ms(row.startMs),
        ms(row.durationMs),
        ms(row.selfMs),
      ];
    }),
  );
  return [table, ...legend(report, rows).map((text) => paint('dim', text))].join('\n');
}

type Line = ReturnType<typeof placeGaps>[number];

function labelOf(line: Line): string {
  const indent = '  '.repeat(Math.min(line.depth, DEEPEST));
  if (line.kind === 'gap') return indent + line.text;
  const { span, times, error } = line.row;
  return `${indent}${error ? '✖ ' : ''}${times > 1 ? `${times} × ` : ''}${span.name}`;
}

interface Layout {
  service: number;
  label: number;
  /** 0: there is no room for bars. */
  bar: number;
  number: number;
}

/** The label gets what it needs up to half of what numbers and services leave, the bar the rest. */
function layOut(cells: { line: Line; label: string; service: string }[], width: number): Layout {
  const widest = (texts: string[], least: number, most: number) =>
    Math.min(most, Math.max(least, ...texts.map((text) => stringWidth(text.slice(0, most)))));
  const service = widest(
    cells.map((cell) => cell.service),
    7,
    16,
  );
  const number = widest(
    cells.flatMap(({ line }) => (line.kind === 'span' ? [ms(line.row.durationMs), ms(line.row.startMs)] : [])),
    6,
    12,
  );
  const rest = width - 1 - service - 3 * number - 2 * 6;
  const half = Math.max(20, Math.floor(rest / 2));
  const label = widest(
    cells.map((cell) => cell.label),
    10,
    half,
  );
  const bar = Math.min(80, rest - label);
  return bar < 10 ? { service, label: Math.max(10, rest + 2), bar: 0, number } : { service, label, bar, number };
}

function timeline(rows: readonly Row[]): Stretch {
  const startMs = rows.reduce((least, row) => Math.min(least, row.startMs), rows[0]?.startMs ?? 0);
  const endMs = rows.reduce((most, row) => Math.max(most, row.startMs + row.lengthMs), startMs);
  return { startMs, durationMs: endMs - startMs };
}

function paintBar(bar: string, paint: Paint): string {
  return bar.replaceAll(/█+/g, (part) => paint('yellow', part)).replaceAll(/░+/g, (part) => paint('cyan', part));
}

function legend(report: Report, rows: readonly Row[]): string[] {
  const lines = [
    '◆ on the critical path · █ where the span itself is what the answer waits for · self: no child was running',
  ];
  const shown = rows.reduce((sum, row) => sum + row.spanIds.length, 0);
  if (rows.some((row) => row.times > 1))
    lines.push(
      'n × name: siblings of one name in one row, with the sum of their times and without what is inside them',
    );
  const hidden = report.spans.length - shown;
  if (hidden > 0)
    lines.push(
      `${hidden.toLocaleString('en')} shorter spans of ${report.spans.length.toLocaleString('en')} are not shown; JSON=1 has them all`,
    );
  return lines;
}
