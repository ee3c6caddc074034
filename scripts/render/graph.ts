import type { Report } from '../report/schema.ts';
import { shorten } from './clean.ts';
import { ms, type Paint, percent } from './format.ts';
import { renderTable } from './table.ts';

/** More calls than a screen holds are of no use; JSON has them all. */
const MOST_CALLS = 40;

/** Who calls whom: a line for each pair of services. Empty where nobody calls anybody. */
export function renderGraph({ services, calls }: Report['graph'], width: number, paint: Paint): string {
  if (calls.length === 0) return '';
  const kinds = new Map(services.map(({ name, kind }) => [name, kind]));
  const rows = calls
    .slice(0, MOST_CALLS)
    .map((call) => [
      `${call.from} → ${call.to}${kinds.get(call.to) === 'service' ? '' : ` (${kinds.get(call.to)})`}`,
      call.calls.toLocaleString('en'),
      call.perSecond === null ? '' : call.perSecond.toFixed(2),
      call.errors === 0 ? '' : `${call.errors.toLocaleString('en')} (${percent(call.errors / call.calls)})`,
      ms(call.p50Ms),
      ms(call.p95Ms),
    ]);
  const rated = calls.some(({ perSecond }) => perSecond !== null);
  const failed = calls.some(({ errors }) => errors > 0);
  const numbers = [8, rated ? 9 : 0, failed ? 14 : 0, 10, 10];
  const taken = numbers.reduce((sum, columns) => sum + (columns === 0 ? 0 : columns + 2), 0);
  const name = Math.max(20, Math.min(60, width - taken));
  const titles = ['calls', 'calls/s', 'errors', 'p50 ms', 'p95 ms'];
  const columns = [
    { title: paint('dim', 'services'), columns: name, align: 'left' as const },
    ...titles.map((title, index) => ({
      title: paint('dim', title),
      columns: numbers[index] ?? 0,
      align: 'right' as const,
    })),
  ];
  const cells = rows.map(([pair = '', calls = '', rate = '', errors = '', ...times]) => [
    shorten(pair, name),
    calls,
    rate,
    paint('red', errors),
    ...times,
  ]);
  const more =
    calls.length > MOST_CALLS ? `\n${paint('dim', `${calls.length - MOST_CALLS} more; JSON=1 has them all`)}` : '';
  return `${renderTable(columns, cells)}${more}`;
}
