import Table from 'cli-table3';

export interface Column {
  title: string;
  columns: number;
  align: 'left' | 'right';
}

/** Cells under their titles, two spaces apart, without rules and without blanks at the ends of lines. A column of no width is left out. */
export function renderTable(columns: readonly Column[], rows: readonly string[][]): string {
  const visible = columns.flatMap(({ columns: width }, index) => (width > 0 ? [index] : []));
  const pick = <T>(cells: readonly T[]) => visible.map((index) => cells[index] as T);
  const table = new Table({
    chars: NO_RULES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: pick(columns).map(({ columns: width }) => width),
    colAligns: pick(columns).map(({ align }) => align),
  });
  if (columns.some(({ title }) => title !== '')) table.push(pick(columns).map(({ title }) => title));
  for (const row of rows) table.push(pick(row));
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

const NO_RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
