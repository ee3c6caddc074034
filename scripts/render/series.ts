import type { Series } from '../report/series/schema.ts';
import { clean, shorten, shortenMiddle } from './clean.ts';
import { createPaint, ms, type Paint, percent } from './format.ts';
import { labelOfPlace, underParent } from './place.ts';
import { renderTable } from './table.ts';
import { renderText, type TextOptions } from './text.ts';
import { renderWarnings } from './warnings.ts';

const MOST_SPANS = 20;
const points = ['min', 'p50', 'p95', 'max'] as const;

/** A repeated request for a terminal: its distribution, then its usual and its worst case in full. */
export function renderSeries(series: Series, options: TextOptions): string {
  const paint = createPaint(options.colour);
  const columns = Math.max(60, options.width);
  const { median, slowest } = series;
  const whole = (title: string, report: Series['median']) =>
    `${paint('bold', title)}\n${renderText(report, { ...options, notes: reportNotes(report) })}`.trimEnd();
  const sections = [
    headline(series, columns, paint),
    categories(series, columns, paint),
    functions(series, columns, paint),
    spans(series, columns, paint),
    renderWarnings(series.warnings, paint),
    whole('The median', median),
    slowest === median ? '' : whole('The slowest', slowest),
    options.notes.map(clean).join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headline({ totalMs, requests, url, statuses }: Series, columns: number, paint: Paint): string {
  const { measured, sent, concurrency, warmUp } = requests;
  const spread = points.map((point) => `${point} ${ms(totalMs[point])}`).join(' · ');
  const answers = statuses.map(({ status, count }) => `${count} × ${status ?? 'no answer'}`).join(', ');
  const pace = concurrency === 1 ? 'one at a time' : `${concurrency} at a time`;
  const before = `${warmUp} warm-up request${warmUp === 1 ? '' : 's'} before them ${warmUp === 1 ? 'is' : 'are'} not counted`;
  return [
    `${paint('bold', `${ms(totalMs.p50)} ms`)}  median of ${measured}${measured === sent ? '' : ` of ${sent}`} requests, ${shortenMiddle(url, Math.max(20, columns - 45))}`,
    `${spread} ms`,
    paint('dim', `${answers}; ${pace}; ${before}`),
  ].join('\n');
}

const MOST_FUNCTIONS = 12;
/** Of all the time; a function with less has been met by chance. */
const LEAST_SHARE = 0.005;

function categories({ categories: all }: Series, columns: number, paint: Paint): string {
  const rows = all.map((category) => ({ ...category, label: category.kind }));
  return shares('By kind, ms of the critical path', rows, columns, paint);
}

/** Only where samples name functions: other accounts are named after spans, which have a table of their own. */
function functions({ accounts }: Series, columns: number, paint: Paint): string {
  const rows = accounts
    .filter(({ location, share }) => location !== null && share >= LEAST_SHARE)
    .slice(0, MOST_FUNCTIONS)
    .map((account) => ({ ...account, label: `${account.kind}  ${account.name} ${account.location}` }));
  return shares('By function, ms estimated from samples', rows, columns, paint);
}

type Shared = Pick<Series['categories'][number], 'ms' | 'share'> & { label: string };

function shares(title: string, all: readonly Shared[], columns: number, paint: Paint): string {
  if (all.length === 0) return '';
  const rows = all.map(({ ms: spread, share, label }) => [
    ...points.map((point) => ms(spread[point])),
    percent(share),
    label,
  ]);
  const numbers = numberColumns(rows, paint);
  const left = columns - points.length * ((numbers[0]?.columns ?? 0) + 2) - 7;
  const table = renderTable(
    [
      ...numbers,
      { title: paint('dim', 'share'), columns: 5, align: 'right' },
      { title: '', columns: left, align: 'left' },
    ],
    rows.map((cells) => [...cells.slice(0, -1), shortenMiddle(cells.at(-1) ?? '', left)]),
  );
  return [paint('bold', title), table].join('\n');
}

/** Where the time usually goes, and where it sometimes goes. */
function spans({ spans: all, requests }: Series, columns: number, paint: Paint): string {
  const shown = all
    .toSorted((a, b) => b.criticalPathMs.p95 - a.criticalPathMs.p95 || b.selfMs.p95 - a.selfMs.p95)
    .slice(0, MOST_SPANS);
  const rows = shown.map((span) => {
    const { criticalPathMs, durationMs, service, folded, traces } = span;
    const seen = traces === requests.measured ? '' : ` (in ${traces} of ${requests.measured})`;
    return [
      ...points.map((point) => ms(criticalPathMs[point])),
      ms(durationMs.p50),
      service,
      `${folded ? 'all ' : ''}${labelOfPlace(span)}${seen}${underParent(span)}`,
    ];
  });
  const numbers = numberColumns(rows, paint);
  const number = numbers[0]?.columns ?? 0;
  const service = Math.min(16, Math.max(7, ...shown.map((span) => span.service.length)));
  const label = Math.max(10, columns - 5 * number - service - 12);
  const table = renderTable(
    [
      ...numbers,
      { title: paint('dim', 'whole'), columns: number, align: 'right' },
      { title: paint('dim', 'service'), columns: service, align: 'left' },
      { title: paint('dim', 'span'), columns: label, align: 'left' },
    ],
    rows.map((cells) => [...cells.slice(0, 5), shorten(cells[5] ?? '', service), shorten(cells[6] ?? '', label)]),
  );
  const rest = all.length - shown.length;
  return [
    paint('bold', 'By span, ms of its own on the critical path; whole: median of the span with its children'),
    table,
    ...(rest > 0 ? [paint('dim', `${rest} more; JSON=1 has them all`)] : []),
  ].join('\n');
}

function numberColumns(rows: readonly string[][], paint: Paint) {
  const columns = Math.max(7, ...rows.flatMap((cells) => cells.slice(0, points.length).map(({ length }) => length)));
  return points.map((title) => ({ title: paint('dim', title), columns, align: 'right' as const }));
}

function reportNotes({ links }: Series['median']): string[] {
  return [
    ...(links.jaeger === null ? [] : [links.jaeger]),
    ...(links.file === null ? [] : [`Raw trace: ${links.file}`]),
  ];
}
