import type { ProfileReport } from '../../report/profile.ts';
import type { Report, TraceSet } from '../../report/schema.ts';
import type { Series } from '../../report/series/schema.ts';
import { type PageAssets, renderDocument } from './document.ts';

/** What a page is made of: embedded as JSON, drawn by the script. */
export type PageData =
  | { kind: 'verdict'; report: Report }
  | { kind: 'profile'; profile: ProfileReport }
  | { kind: 'set'; set: TraceSet }
  | { kind: 'series'; series: Series };

/** The verdict on one trace as one self-contained HTML file. */
export function renderVerdictPage(report: Report, assets: PageAssets): string {
  const { request, traceId } = report;
  const title = request ? `${request.method} ${request.url}` : `Trace ${traceId}`;
  return renderDocument(title, { kind: 'verdict', report } satisfies PageData, assets);
}

/** Many requests to one URL as one self-contained HTML file. */
export function renderProfilePage(profile: ProfileReport, assets: PageAssets): string {
  const title = `Profile of ${profile.method} ${profile.url}`;
  return renderDocument(title, { kind: 'profile', profile } satisfies PageData, assets);
}

/** Several traces, and the verdict on the slowest, as one self-contained HTML file. */
export function renderTraceSetPage(set: TraceSet, assets: PageAssets): string {
  return renderDocument(`${set.traces} traces`, { kind: 'set', set } satisfies PageData, assets);
}

/** A repeated request, and the verdicts on its median and its slowest, as one self-contained HTML file. */
export function renderSeriesPage(series: Series, assets: PageAssets): string {
  return renderDocument(`Series of ${series.url}`, { kind: 'series', series } satisfies PageData, assets);
}
