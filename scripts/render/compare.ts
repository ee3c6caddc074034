import type { Change, Comparison, SpanChange } from '../report/compare/schema.ts';
import { shorten, shortenMiddle } from './clean.ts';
import { createPaint, ms, type Paint, percent, signedMs } from './format.ts';
import { labelOfPlace, underParent } from './place.ts';
import { renderTable } from './table.ts';
import { renderWarnings } from './warnings.ts';

export interface CompareTextOptions {
  /** Columns of the terminal. */
  width: number;
  colour: boolean;
}

/** A comparison for a terminal: the total, then the categories, then the spans, each with the largest change first. */
export function renderComparison(comparison: Comparison, { width, colour }: CompareTextOptions): string {
  const paint = createPaint(colour);
  const columns = Math.max(60, width);
  const sections = [
    headline(comparison, columns, paint),
    categories(comparison, columns, paint),
    functions(comparison, columns, paint),
    spans(comparison, columns, paint),
    renderWarnings(comparison.warnings, paint),
    paint('dim', howTold(comparison)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headline({ route, a, b, total }: Comparison, columns: number, paint: Paint): string {
  const side = (name: string, from: Comparison['a']) =>
    shorten(`${name}: ${from.name}${from.traces === 1 ? '' : ` (${from.traces} traces)`}`, columns);
  const share = total.a === 0 ? 0 : Math.abs(total.change / total.a);
  const relative = share < 0.005 ? '' : ` (${total.change < 0 ? '−' : '+'}${percent(share)})`;
  const change = paint('bold', `${signedMs(total.change)} ms${relative}`);
  const first = `${change}  ${ms(total.a)} → ${ms(total.b)} ms  ${shorten(route, Math.max(20, columns - 50))}`;
  const sure = total.significance === null ? '' : `${statement(total)}${interval(total.shift)}`;
  return [first, sure, paint('dim', side('A', a)), paint('dim', side('B', b))].filter((line) => line !== '').join('\n');
}

function interval(shift: Comparison['total']['shift']): string {
  if (shift === null) return '';
  return `; with 95 % confidence between ${signedMs(shift.from)} and ${signedMs(shift.to)} ms`;
}

const MOST_FUNCTIONS = 10;

function categories({ categories: all }: Comparison, columns: number, paint: Paint): string {
  const rows = all.map((category) => ({ ...category, label: category.kind }));
  return changes('By kind, ms of the critical path', rows, columns, paint);
}

/** Only where samples name functions: other accounts are named after spans, which have a table of their own. */
function functions({ accounts }: Comparison, columns: number, paint: Paint): string {
  const rows = accounts
    .filter((account) => account.location !== null && isChange(account))
    .slice(0, MOST_FUNCTIONS)
    .map((account) => ({ ...account, label: `${account.kind}  ${account.name} ${account.location}` }));
  return changes('By function, ms estimated from samples', rows, columns, paint);
}

function changes(title: string, all: readonly (Change & { label: string })[], columns: number, paint: Paint): string {
  if (all.length === 0) return '';
  const rows = all.map((each) => [signedMs(each.change), ms(each.a), ms(each.b), each.label, short(each)]);
  const number = numberWidth(rows);
  const tested = all.some(({ significance }) => significance !== null) ? 10 : 0;
  const widest = Math.max(8, ...all.map(({ label }) => label.length));
  const label = Math.min(widest, columns - 3 * number - tested - 8);
  const table = renderTable(
    [
      ...['change', 'A', 'B'].map((text) => ({
        title: paint('dim', text),
        columns: number,
        align: 'right' as const,
      })),
      { title: '', columns: label, align: 'left' },
      { title: paint('dim', 'sure?'), columns: tested, align: 'left' },
    ],
    rows.map(([change = '', a = '', b = '', name = '', sure = '']) => [change, a, b, shortenMiddle(name, label), sure]),
  );
  return [paint('bold', title), table].join('\n');
}

const MOST_SPANS = 20;
/** What two digits show as 0.00 is no change. */
const LEAST_CHANGE_MS = 0.005;

function spans({ spans: all }: Comparison, columns: number, paint: Paint): string {
  const changed = all.filter(({ status, self, duration }) => status !== 'both' || isChange(self) || isChange(duration));
  if (changed.length === 0) return paint('bold', 'No span has changed.');
  const shown = changed.slice(0, MOST_SPANS);
  const numbers = shown.map(({ self, duration }) => [
    signedMs(self.change),
    signedMs(duration.change),
    ms(duration.a),
    ms(duration.b),
  ]);
  const number = numberWidth(numbers);
  const service = Math.min(16, Math.max(7, ...shown.map((span) => span.service.length)));
  const tested = shown.some(({ self }) => self.significance !== null) ? 10 : 0;
  const name = Math.max(10, columns - 4 * number - 8 - service - 4 - (tested === 0 ? 0 : tested + 2));
  const title = (text: string) => paint('dim', text);
  const table = renderTable(
    [
      ...['self', 'change', 'A', 'B'].map((text) => ({
        title: title(text),
        columns: number,
        align: 'right' as const,
      })),
      { title: title('service'), columns: service, align: 'left' },
      { title: title('span'), columns: name, align: 'left' },
      { title: title('sure?'), columns: tested, align: 'left' },
    ],
    shown.map((span, index) => [
      ...(numbers[index] ?? []),
      shorten(span.service, service),
      paintStatus(span, shorten(labelOf(span), name), paint),
      short(span.self),
    ]),
  );
  const rest = changed.length - shown.length;
  return [
    paint('bold', 'Spans, largest change of their self time first'),
    table,
    paint('dim', 'self: change of the time while no child runs   change, A, B: of the whole span'),
    ...(rest > 0 ? [paint('dim', `${rest} more have changed; JSON=1 has them all`)] : []),
  ].join('\n');
}

const isChange = ({ change }: Change) => Math.abs(change) >= LEAST_CHANGE_MS;

/** `new: 12 × SELECT icon ‹ GET /icons`: the span and where it hangs. */
function labelOf(span: SpanChange): string {
  const { status, spans: count, folded } = span;
  const times = !folded ? '' : count.a === count.b ? `${count.a} × ` : `${count.a} → ${count.b} × `;
  return `${status === 'both' ? '' : `${status}: `}${times}${labelOfPlace(span)}${underParent(span)}`;
}

function paintStatus({ status }: SpanChange, label: string, paint: Paint): string {
  if (status === 'both') return label;
  return paint(status === 'new' ? 'yellow' : 'cyan', label);
}

function statement({ significance }: Change): string {
  if (significance === null) return 'too few to tell';
  return significance.significant ? `significant (${p(significance.p)})` : `could be chance (${p(significance.p)})`;
}

function short({ significance }: Change): string {
  if (significance === null) return '';
  return significance.significant ? p(significance.p) : 'chance?';
}

const p = (value: number) => (value < 0.001 ? 'p < 0.001' : `p = ${value.toFixed(3)}`);

function howTold({ a, b, test }: Comparison): string {
  const sizes = `${a.traces} and ${b.traces} traces`;
  if (Math.min(a.traces, b.traces) < test.leastTraces) {
    return `Too few to tell a change from chance: ${sizes}, ${test.leastTraces} on either side are needed (make trace URL=… N=20).`;
  }
  return `Medians of ${sizes}; ${test.name}, ${test.adjustment} over spans and kinds, significant below p = ${test.level}.`;
}

const numberWidth = (rows: readonly string[][]) =>
  Math.max(7, ...rows.flatMap((cells) => cells.filter((cell) => /^[−+\d]/.test(cell)).map(({ length }) => length)));
