import Table from 'cli-table3';

export interface Column {
  title: string;
  columns: number;
  align: 'left' | 'right';
}

/** Cells under their titles, two spaces apart, without rules and without blanks at the ends of lines. */
export function renderTable(columns: readonly Column[], rows: readonly string[][]): string {
  const table = new Table({
    chars: NO_RULES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: columns.map(({ columns: width }) => width),
    colAligns: columns.map(({ align }) => align),
  });
  if (columns.some(({ title }) => title !== '')) table.push(columns.map(({ title }) => title));
  table.push(...rows);
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
