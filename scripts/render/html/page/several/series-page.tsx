import type { Series } from '../../../../report/series/schema.ts';
import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { KindBar, KindLabel } from '../parts/kind.tsx';
import { Lead } from '../parts/lead.tsx';
import { Shell } from '../parts/shell.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { verdictTab } from '../verdict/tab.tsx';
import { Warnings } from '../verdict/warnings.tsx';
import { spread } from './spread.ts';

/** One request, repeated: how its time is distributed, and two of them in full. */
export function SeriesPage({ series }: { series: Series }) {
  const { url, requests, statuses, totalMs, median, slowest } = series;
  const facts = [
    `${requests.measured} of ${requests.sent} requests, ${requests.concurrency} at a time`,
    statuses.map(({ status, count }) => `${count} × ${status ?? 'no answer'}`).join(', '),
    spread(totalMs),
  ];
  const tabs = [
    { label: 'All requests', content: () => <AllRequests series={series} /> },
    verdictTab('median request', median),
    verdictTab('slowest request', slowest),
  ];
  return (
    <Shell lead={<Lead totalMs={totalMs.p50} unit="ms p50" title={clean(url)} facts={facts} />}>
      <Tabs label="Views of the requests" tabs={tabs} />
    </Shell>
  );
}

function AllRequests({ series: { categories, accounts, spans, requests, warnings } }: { series: Series }) {
  const ranked = spans.toSorted((a, b) => b.criticalPathMs.p95 - a.criticalPathMs.p95 || b.selfMs.p95 - a.selfMs.p95);
  return (
    <>
      <Warnings warnings={warnings} />
      <Card title="By kind">
        <KindBar parts={categories} />
        <Table columns={[...spreads, { ...kind, class: 'wide' }]} rows={categories} most={10} />
      </Card>
      <Card title="By function and span" count={accounts.length}>
        <Table columns={[...spreads, kind, what]} rows={accounts} most={25} />
      </Card>
      <Card title="By span, on the critical path" count={spans.length}>
        <Table columns={spansOf(requests.measured)} rows={ranked} most={25} />
      </Card>
    </>
  );
}

type Category = Series['categories'][number];
type SeriesSpan = Series['spans'][number];

const spreads: Column<Category>[] = [
  { title: 'share', class: 'number', cell: ({ share }) => percent(share) },
  { title: 'min ms', class: 'number secondary', cell: ({ ms: { min } }) => ms(min) },
  { title: 'p50 ms', class: 'number', cell: ({ ms: { p50 } }) => ms(p50) },
  { title: 'p95 ms', class: 'number secondary', cell: ({ ms: { p95 } }) => ms(p95) },
  { title: 'max ms', class: 'number secondary', cell: ({ ms: { max } }) => ms(max) },
];

const kind: Column<Category> = { title: 'kind', cell: (row) => <KindLabel kind={row.kind} /> };

const what: Column<Series['accounts'][number]> = {
  title: 'function or span',
  class: 'wide',
  cell: ({ name, location }) => (
    <>
      {clean(name)} {location !== null && <code>{clean(location)}</code>}
    </>
  ),
};

const spansOf = (requests: number): Column<SeriesSpan>[] => [
  { title: 'p50 ms', class: 'number', cell: ({ criticalPathMs: { p50 } }) => ms(p50) },
  { title: 'p95 ms', class: 'number', cell: ({ criticalPathMs: { p95 } }) => ms(p95) },
  { title: 'max ms', class: 'number secondary', cell: ({ criticalPathMs: { max } }) => ms(max) },
  {
    title: 'duration p50',
    hint: 'its children, and what nobody waited for, included',
    class: 'number faint secondary',
    cell: ({ durationMs: { p50 } }) => ms(p50),
  },
  {
    title: 'in',
    hint: 'how many of the requests have it',
    class: 'number faint secondary',
    cell: ({ traces }) => (traces === requests ? 'all' : `${traces} of ${requests}`),
  },
  { title: 'service', class: 'secondary short', cell: ({ service }) => clean(service) },
  {
    title: 'span',
    class: 'wide',
    cell: ({ name, ordinal, folded, path }) => (
      <>
        {clean(name)}
        {ordinal !== null && ` (${ordinal}.)`}
        {folded && ' (several)'}
        {path.length > 1 && <span class="faint secondary"> in {clean(path.at(-2) ?? '')}</span>}
      </>
    ),
  },
];
