import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Completeness, Expectation } from '../../analysis/completeness.ts';
import { absent, type ExitCode, exitCode, reason } from '../../failure.ts';
import type { Warning } from '../../model/trace.ts';
import { withStep } from '../../progress.ts';
import { renderVerdictPage } from '../../render/html/pages.ts';
import { renderJson } from '../../render/json.ts';
import { renderText } from '../../render/text.ts';
import { buildReport } from '../../report/build.ts';
import type { Settings } from '../../settings.ts';
import { deliver } from '../../sources/collector.ts';
import { curlOptions, requestUrl } from '../../sources/curl/options.ts';
import { type Exchange, send } from '../../sources/curl/send.ts';
import { withoutCredentials } from '../../sources/curl/url.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { newTraceContext, type TraceContext } from '../../sources/trace-context.ts';
import { paths, root } from '../../stack/paths.ts';
import { instances } from '../../stack/services.ts';
import { type PageWish, type WrittenPage, writePage } from '../page/write.ts';
import { type Arrived, awaitTrace } from './await-trace.ts';

export interface TraceOptions extends PageWish {
  url: string | undefined;
  /** Further options for curl, as a shell would read them. */
  curl: string;
  json: boolean;
  /** Columns of the terminal. */
  width: number;
  colour: boolean;
  /** Progress on stderr, for a person who waits. */
  progress: boolean;
}

export interface Verdict {
  text: string;
  code: ExitCode;
  /** For stderr: what is missing and what to check. */
  complaint: string | null;
}

/** Sends one request, waits until its trace is complete, and says where the time went. */
export async function trace(settings: Settings, options: TraceOptions): Promise<Verdict> {
  const url = requestUrl(options.url);
  const context = newTraceContext();
  const request = { url, options: curlOptions(options.curl), context, key: settings.ONETRACE_KEY };
  const jaeger = jaegerOn(settings.ONETRACE_JAEGER_UI_PORT);

  const exchange = await withStep(
    options.progress,
    `curl ${withoutCredentials(url)}`,
    () => send(request),
    describeExchange,
  );
  const collect = async () => {
    await deliver(exchange, context, settings.ONETRACE_OTLP_HTTP_PORT);
    return awaitTrace(jaeger, context.traceId, expectation(url, context, settings), settings.ONETRACE_TRACE_TIMEOUT_MS);
  };
  const arrived = await withStep(options.progress, 'its trace', collect, describeArrival);
  if (arrived.raw === null || arrived.trace === null) throw nothingArrived(arrived.completeness, settings);

  const { complete, missing } = arrived.completeness;
  const saved = await save(context.traceId, arrived.raw);
  const links = { jaeger: await jaeger.link(context.traceId), file: saved.file };
  const incomplete = missing.map(({ hop }) => ({
    code: 'missing-hop',
    message: `the ${hop} hop is missing`,
    spanIds: [],
  }));
  const report = buildReport({
    trace: arrived.trace,
    request: exchange.facts,
    warnings: [...incomplete, ...saved.warnings, ...arrived.warnings],
    links,
  });
  const page = await writePage(context.traceId, (assets) => renderVerdictPage(report, assets), options);
  const notes = [
    links.jaeger ?? 'Jaeger has no web page here: it was built from its modules.',
    ...(links.file === null ? [] : [`Raw trace: ${links.file}`]),
    ...(page?.written ? [page.note] : []),
  ];
  // Nothing but the result goes to stdout: with JSON, stderr has the place of the page.
  const complaints = [
    ...(complete ? [] : [complain(arrived.completeness, settings)]),
    ...(page && (options.json || !page.written) ? [page.note] : []),
  ];
  return {
    text: options.json
      ? renderJson(report)
      : renderText(report, { width: options.width, colour: options.colour, notes }),
    code: codeOf(complete, page),
    complaint: complaints.length > 0 ? complaints.join('\n') : null,
  };
}

function codeOf(complete: boolean, page: WrittenPage | null): ExitCode {
  if (!complete) return exitCode.absent;
  return page?.written === false ? exitCode.usage : exitCode.fine;
}

/** Which hops the request has to leave a span of: a URL of the stack's own ports tells, any other is taken for a whole site. */
function expectation(url: string, context: TraceContext, settings: Settings): Expectation {
  const { port, protocol } = new URL(url);
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const offset = number - settings.ONETRACE_APP_PORT;
  const straight = offset >= 0 && offset < instances;
  return {
    clientSpanId: context.spanId,
    hops: straight ? ['curl', 'app'] : ['curl', 'nginx', 'app'],
    appService: settings.OTEL_SERVICE_NAME,
  };
}

/** A full disk, or a directory that root has made, must not cost the verdict. */
async function save(traceId: string, raw: string): Promise<{ file: string | null; warnings: Warning[] }> {
  const file = join(paths.traces, `${traceId}.json`);
  try {
    await mkdir(paths.traces, { recursive: true });
    await writeFile(file, raw);
    return { file: relative(root, file), warnings: [] };
  } catch (error) {
    const message = `the raw trace was not saved: ${reason(error)}`;
    return { file: null, warnings: [{ code: 'not-saved', message, spanIds: [] }] };
  }
}

const describeExchange = ({ facts }: Exchange) => `${facts.status} in ${facts.times?.total} ms`;
const describeArrival = ({ trace: arrived, completeness }: Arrived) =>
  `${arrived?.spans.length ?? 0} spans${completeness.complete ? '' : ', incomplete'}`;

function nothingArrived(completeness: Completeness, settings: Settings) {
  return absent({
    expected: `the trace in Jaeger within ${settings.ONETRACE_TRACE_TIMEOUT_MS / 1000} s`,
    got: 'none of its spans',
    next: completeness.missing[0]?.checks[0] ?? 'make status',
  });
}

/** Names the missing hops in the order the request travels, each with what to check. */
function complain({ missing, orphans }: Completeness, settings: Settings): string {
  const hops = missing.map(({ hop, checks }) =>
    [`The trace lacks the ${hop} hop. Check:`, ...checks.map((check) => `  - ${check}`)].join('\n'),
  );
  const lost = orphans.map(
    (span) => `The parent ${span.parentId} of "${span.name}" (${span.service}) has not arrived.`,
  );
  return [
    `The trace is not complete after ${settings.ONETRACE_TRACE_TIMEOUT_MS / 1000} s.`,
    ...hops,
    ...lost.slice(0, 3),
  ].join('\n');
}
