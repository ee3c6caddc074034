import type { Report } from '../report/schema.ts';
import { clean, shorten, shortenMiddle } from './clean.ts';
import { bytes, createPaint, ms, type Paint, percent } from './format.ts';
import { renderGraph } from './graph.ts';
import { renderTable } from './table.ts';
import { renderWarnings } from './warnings.ts';
import { renderWaterfall } from './waterfall.ts';

export interface TextOptions {
  /** Columns of the terminal. */
  width: number;
  colour: boolean;
  /** Last lines: where to see more. */
  notes: readonly string[];
}

/** A chain of so few is to be seen in the waterfall. */
const FEW_CALLS = 4;

/** The verdict for a terminal: first where the time went, then what happened when, then what to do. */
export function renderText(report: Report, { width, colour, notes }: TextOptions): string {
  const paint = createPaint(colour);
  const columns = Math.max(60, width);
  const sections = [
    headline(report, columns, paint),
    accounting(report, columns, paint),
    renderWaterfall(report, columns, paint),
    report.graph.calls.length > FEW_CALLS ? renderGraph(report.graph, columns, paint) : '',
    findings(report, paint),
    renderWarnings(report.warnings, paint),
    notes.map(clean).join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headline({ request, totalMs, traceId }: Report, columns: number, paint: Paint): string {
  const total = paint('bold', `${ms(totalMs)} ms`);
  if (!request) return `${total}  trace ${traceId}`;
  const answer =
    request.status === null
      ? 'no answer'
      : `${request.status}${request.bytes === null ? '' : `, ${bytes(request.bytes)}`}`;
  const redirects = request.redirects > 0 ? `, ${request.redirects} redirect(s)` : '';
  const method = shorten(request.method, 10);
  const left = columns - `${ms(totalMs)} ms`.length - method.length - answer.length - redirects.length - 6;
  const first = `${total}  ${method} ${shortenMiddle(request.url, Math.max(20, left))} → ${answer}${redirects}`;
  const { timings } = request;
  if (!timings) return first;
  const tls = timings.tls > 0 ? ` · TLS ${ms(timings.tls)}` : '';
  const phases = `DNS ${ms(timings.dns)} · connect ${ms(timings.connect)}${tls} · first byte ${ms(timings.ttfb)} · transfer ${ms(timings.transfer)} ms`;
  return `${first}\n${paint('dim', `curl: ${phases}`)}`;
}

const MOST_ACCOUNTS = 10;

function accounting({ accounting: accounts, hops, totalMs }: Report, columns: number, paint: Paint): string {
  if (accounts.length === 0) return '';
  const shown = accounts.slice(0, MOST_ACCOUNTS);
  const rest = accounts.slice(MOST_ACCOUNTS);
  const rows = shown.map((entry) => [
    ms(entry.ms),
    percent(entry.share),
    entry.kind,
    entry.location ? `${entry.name} ${entry.location}` : entry.name,
  ]);
  if (rest.length > 0) {
    const sum = rest.reduce((total, entry) => total + entry.ms, 0);
    rows.push([ms(sum), percent(totalMs === 0 ? 0 : sum / totalMs), '', `${rest.length} more`]);
  }
  const number = Math.max(8, ...rows.map(([cell]) => cell?.length ?? 0));
  const name = columns - number - 5 - 7 - 6;
  const table = renderTable(
    [
      { title: '', columns: number, align: 'right' },
      { title: '', columns: 5, align: 'right' },
      { title: '', columns: 7, align: 'left' },
      { title: '', columns: name, align: 'left' },
    ],
    rows.map(([time = '', share = '', kind = '', label = '']) => [
      time,
      share,
      paint('dim', kind),
      shorten(label, name),
    ]),
  );
  const title = paint('bold', `Where the ${ms(totalMs)} ms went`);
  return [title, table, ...hops.slice(0, 3).map((hop) => paint('dim', describeHop(hop)))].join('\n');
}

function describeHop(hop: Report['hops'][number]): string {
  const parts = [
    ['connect', hop.connectMs],
    ['first byte', hop.firstByteMs],
    ['transfer', hop.transferMs],
    ['own time', hop.ownMs],
  ] as const;
  const said = parts.filter(([, value]) => value !== null).map(([label, value]) => `${label} ${value}`);
  return `${clean(hop.service)} about ${clean(hop.upstream)}: ${said.join(' · ')} ms, to the nearest ${hop.resolutionMs} ms`;
}

const MARKS = { error: ['red', '✖'], warning: ['yellow', '▲'], info: ['cyan', '•'] } as const;

function findings({ findings: all }: Report, paint: Paint): string {
  if (all.length === 0) return '';
  const lines = all.map(({ rule, severity, message, ms: stake, next }) => {
    const [style, mark] = MARKS[severity];
    const time = stake === null ? '' : ` (${ms(stake)} ms)`;
    return `${paint(style, `${mark} ${rule}`)}  ${clean(message)}${time}\n  → ${clean(next)}`;
  });
  return [paint('bold', 'Findings'), ...lines].join('\n');
}
