import type { Report } from '../../../../report/schema.ts';
import { percent } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { KindBar, KindLabel } from '../parts/kind.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { estimated, What } from '../parts/what.tsx';

type Account = Report['accounting'][number];

/** Where the time went, ranked. */
export function Accounting({ report: { accounting } }: { report: Report }) {
  const largest = accounting[0]?.share ?? 1;
  const columns: Column<Account>[] = [
    { title: 'ms', class: 'number', cell: (account) => estimated(account, account.ms) },
    { title: 'share', class: 'number', cell: ({ share }) => percent(share) },
    {
      title: '',
      class: 'share',
      cell: ({ kind, share }) => (
        <span class={`share-bar kind-${kind}`} style={{ width: `${(share / largest) * 100}%` }} />
      ),
    },
    { title: 'kind', cell: ({ kind }) => <KindLabel kind={kind} /> },
    { title: 'what', class: 'wide what', cell: (account) => <What {...account} /> },
  ];
  return (
    <Card title="Where the time went">
      <KindBar parts={accounting} />
      <Table columns={columns} rows={accounting} most={15} />
    </Card>
  );
}
