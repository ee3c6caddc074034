import stringWidth from 'string-width';
import { ms } from './format.ts';
import type { Line } from './gaps.ts';

/** Columns of each part of the waterfall. */
export interface Layout {
  service: number;
  label: number;
  /** 0: there is no room for bars. */
  bar: number;
  number: number;
}

/** Deeper rows keep this indentation. */
const DEEPEST = 12;
const BETWEEN = 2;

/** Labels get what they need, up to three fifths of what numbers and services leave; the bars get the rest. */
export function layOut(lines: readonly Line[], width: number): Layout {
  const service = widest(lines.map(serviceOf), 7, 16);
  const number = widest(lines.flatMap(numbersOf), 6, 12);
  const rest = width - 1 - service - 3 * number - 6 * BETWEEN;
  const label = widest(
    lines.map((line) => labelOf(line, width)),
    10,
    Math.max(20, Math.floor(rest * 0.6)),
  );
  const bar = Math.min(80, rest - label);
  return bar < 10 ? { service, label: Math.max(10, rest + BETWEEN), bar: 0, number } : { service, label, bar, number };
}

export function labelOf(line: Line, width: number): string {
  const indent = (width < 100 ? ' ' : '  ').repeat(Math.min(line.depth, DEEPEST));
  if (line.kind === 'gap') return indent + line.text;
  const { span, times, error } = line.row;
  return `${indent}${error ? '✖ ' : ''}${span.samples === null ? '' : '≈ '}${times > 1 ? `${times} × ` : ''}${span.name}`;
}

export function serviceOf(line: Line): string {
  return line.kind === 'span' ? line.row.span.service : '';
}

function numbersOf(line: Line): string[] {
  return line.kind === 'span' ? [ms(line.row.startMs), ms(line.row.durationMs)] : [];
}

/** Long texts are measured no further than they can be shown. */
function widest(texts: string[], least: number, most: number): number {
  return Math.min(most, Math.max(least, ...texts.map((text) => stringWidth(text.slice(0, most)))));
}
