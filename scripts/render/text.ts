import type { Report } from '../report/schema.ts';
import { describeOwners, renderAccounts } from './accounts.ts';
import { clean, shorten, shortenMiddle } from './clean.ts';
import { bytes, createPaint, ms, type Paint } from './format.ts';
import { renderGraph } from './graph.ts';
import { describePlan } from './plan-words.ts';
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

function accounting(report: Report, columns: number, paint: Paint): string {
  const { accounting: accounts, hops, totalMs } = report;
  if (accounts.length === 0) return '';
  const title = paint('bold', `Where the ${ms(totalMs)} ms went`);
  return [
    title,
    renderAccounts(accounts, columns, paint),
    ...describeOwners(accounts).map((line) => paint('dim', line)),
    ...hops.slice(0, 3).map((hop) => paint('dim', describeHop(hop))),
  ].join('\n');
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
  const lines = all.map(({ rule, severity, message, ms: stake, next, plan }) => {
    const [style, mark] = MARKS[severity];
    const time = stake === null ? '' : ` (${ms(stake)} ms)`;
    return `${paint(style, `${mark} ${rule}`)}  ${clean(message)}${time}${plan ? `\n  ${paint('dim', describePlan(plan))}` : ''}\n  → ${clean(next)}`;
  });
  return [paint('bold', 'Findings'), ...lines].join('\n');
}
