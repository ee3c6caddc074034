import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { ms } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { type Column, Table } from '../parts/table.tsx';
import type { ShowSpan } from '../waterfall/waterfall.tsx';

type Gap = Report['gaps'][number];

/** Time of a span in which none of its children was running, the longest first. */
export function Gaps({ report, show }: { report: Report; show: ShowSpan }) {
  const gaps = report.gaps.toSorted((a, b) => b.durationMs - a.durationMs);
  const names = new Map(report.spans.map(({ id, service, name }) => [id, clean(`${service}: ${name}`)]));
  const nameOf = ({ spanId }: Gap) => names.get(spanId) ?? spanId;
  const columns: Column<Gap>[] = [
    { title: 'ms', class: 'number', cell: ({ durationMs }) => ms(durationMs) },
    { title: 'from', class: 'number faint', cell: ({ startMs }) => ms(startMs) },
    {
      title: 'where',
      class: 'wide',
      cell: (gap) => (
        <>
          in <b>{nameOf(gap)}</b>, {neighbours(gap)}
        </>
      ),
    },
    {
      title: 'look',
      cell: (gap) => (
        <button
          type="button"
          aria-label={`Show the gap of ${ms(gap.durationMs)} ms in ${nameOf(gap)}`}
          onClick={() => show(gap.spanId, gap)}
        >
          show
        </button>
      ),
    },
  ];
  return (
    <Card title="Gaps" count={gaps.length}>
      {gaps.length === 0 && <p class="faint">Every stretch of a hundredth of the total has a span.</p>}
      {gaps.length > 0 && <Table columns={columns} rows={gaps} most={8} />}
    </Card>
  );
}

function neighbours({ before, after }: Gap): string {
  if (before && after) return `between ${clean(before.name)} and ${clean(after.name)}`;
  if (before) return `after ${clean(before.name)}`;
  return after ? `before ${clean(after.name)}` : 'all of it';
}
