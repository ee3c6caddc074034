import type { ProfileReport, ProfileRow } from '../../../../report/profile.ts';
import { ms, percent } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { KindBar, KindLabel } from '../parts/kind.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { estimated, What } from '../parts/what.tsx';

export function ProfileTables({ profile: { categories, owners, functions } }: { profile: ProfileReport }) {
  return (
    <>
      <Card title="By kind">
        <KindBar parts={categories} />
        <Rows rows={categories} last={{ title: 'kind', cell: ({ kind }) => <KindLabel kind={kind} /> }} />
      </Card>
      {owners.length > 0 && (
        <Card title="By whose code it was">
          <Rows rows={owners} last={{ title: 'owner', cell: what }} />
        </Card>
      )}
      <Card title="By function and span" count={functions.length}>
        <Rows rows={functions} last={{ title: 'function or span', cell: what }} />
      </Card>
    </>
  );
}

const what = (row: ProfileRow) => <What {...row} />;

/** All the figures there are of a row, then what it is about. */
function Rows({ rows, last }: { rows: readonly ProfileRow[]; last: Column<ProfileRow> }) {
  const widest = rows.reduce((most, { fastMs, slowMs }) => Math.max(most, Math.abs(slowMs - fastMs)), 0) || 1;
  const columns: Column<ProfileRow>[] = [
    { title: 'share', class: 'number', cell: ({ share }) => percent(share) },
    { title: 'p50 ms', class: 'number', cell: (row) => estimated(row, row.p50Ms) },
    { title: 'p95 ms', class: 'number secondary', cell: ({ p95Ms }) => ms(p95Ms) },
    {
      title: 'fast half',
      hint: 'mean over the fast half of the requests',
      class: 'number faint secondary',
      cell: ({ fastMs }) => ms(fastMs),
    },
    {
      title: 'slow half',
      hint: 'mean over the slow half of the requests',
      class: 'number faint secondary',
      cell: ({ slowMs }) => ms(slowMs),
    },
    {
      title: 'difference',
      class: 'number difference',
      cell: ({ fastMs, slowMs }) => <Difference by={slowMs - fastMs} widest={widest} />,
    },
    ...(last.title === 'kind' ? [] : [kind]),
    { ...last, class: 'wide' },
  ];
  return <Table columns={columns} rows={rows} most={25} />;
}

const kind: Column<ProfileRow> = { title: 'kind', cell: (row) => <KindLabel kind={row.kind} /> };

/** What the slow requests spend more (or less) than the fast ones. */
function Difference({ by, widest }: { by: number; widest: number }) {
  return (
    <>
      <span class="difference-bar" aria-hidden="true" style={{ width: `${(Math.abs(by) / widest) * 100}%` }} />
      <span class="difference-text">{by < 0 ? `−${ms(-by)}` : `+${ms(by)}`}</span>
    </>
  );
}
