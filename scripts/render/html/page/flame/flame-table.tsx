import { useMemo } from 'preact/hooks';
import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { KindLabel } from '../parts/kind.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { type FlameRow, type Frame, toRows } from './layout.ts';

/** The flame graph without its drawing: one row a function or span, by its own time. */
export function FlameTable({ root, query }: { root: Frame; query: string }) {
  const rows = useMemo(() => toRows(root), [root]);
  const wanted = query.trim().toLowerCase();
  const matching = rows.filter(({ name, location }) => `${name} ${location ?? ''}`.toLowerCase().includes(wanted));
  const total = root.data.valueMs || 1;
  const columns: Column<FlameRow>[] = [
    { title: 'self ms', class: 'number', cell: ({ selfMs }) => ms(selfMs) },
    { title: 'share', class: 'number', cell: ({ selfMs }) => percent(selfMs / total) },
    { title: 'total ms', class: 'number secondary', cell: ({ totalMs }) => ms(totalMs) },
    { title: 'samples', class: 'number faint secondary', cell: ({ samples }) => samples?.toLocaleString('en') },
    { title: 'kind', cell: ({ kind }) => (kind === 'span' ? 'span' : <KindLabel kind={kind} />) },
    {
      title: 'function or span',
      class: 'wide',
      cell: ({ name, location }) => (
        <>
          {clean(name)} {location !== null && <code>{clean(location)}</code>}
        </>
      ),
    },
  ];
  return (
    <Table
      columns={columns}
      rows={matching}
      most={15}
      caption={wanted === '' ? 'The same as a table' : 'The same as a table, what was searched for'}
    />
  );
}
