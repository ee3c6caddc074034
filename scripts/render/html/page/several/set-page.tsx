import type { TraceSet } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { colourServices } from '../colours.ts';
import { Card } from '../parts/card.tsx';
import { count, Lead } from '../parts/lead.tsx';
import { Shell } from '../parts/shell.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Services } from '../verdict/services.tsx';
import { verdictTab } from '../verdict/tab.tsx';
import { Warnings } from '../verdict/warnings.tsx';
import { spread } from './spread.ts';

/** Traces that need not have anything to do with one another: per span name, who calls whom, and the slowest. */
export function TraceSetPage({ set }: { set: TraceSet }) {
  const { traces, spans, seconds, totalMs, slowest } = set;
  const facts = [
    count(spans, 'span'),
    seconds !== null && `over ${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`,
    spread(totalMs),
  ];
  const tabs = [
    { label: 'All traces', content: () => <AllTraces set={set} /> },
    ...(slowest ? [verdictTab('slowest trace', slowest)] : []),
  ];
  return (
    <Shell lead={<Lead totalMs={totalMs.p50} unit="ms p50" title={count(traces, 'trace')} facts={facts} />}>
      <Tabs label="Views of the traces" tabs={tabs} />
    </Shell>
  );
}

type Name = TraceSet['names'][number];

const columns: Column<Name>[] = [
  { title: 'ms in all', class: 'number', cell: ({ totalMs }) => ms(totalMs) },
  { title: 'count', class: 'number', cell: ({ count: number }) => number.toLocaleString('en') },
  { title: 'p50 ms', class: 'number', cell: ({ ms: { p50 } }) => ms(p50) },
  { title: 'p95 ms', class: 'number secondary', cell: ({ ms: { p95 } }) => ms(p95) },
  { title: 'p99 ms', class: 'number secondary', cell: ({ ms: { p99 } }) => ms(p99) },
  { title: 'errors', class: 'number', cell: ({ errorShare }) => (errorShare === 0 ? '' : `✖ ${percent(errorShare)}`) },
  { title: 'service', class: 'secondary short', cell: ({ service }) => clean(service) },
  { title: 'span', class: 'wide', cell: ({ name }) => clean(name) },
];

function AllTraces({ set: { names, graph, warnings } }: { set: TraceSet }) {
  return (
    <>
      <Warnings warnings={warnings} />
      <Card title="By span" count={names.length}>
        <Table columns={columns} rows={names} most={25} />
      </Card>
      <Services graph={graph} colours={colourServices(graph.services.map(({ name }) => name))} />
    </>
  );
}
