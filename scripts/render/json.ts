import type { Report } from '../report/schema.ts';

/** The report as one JSON object, laid out for people too. */
export function renderJson(report: Report): string {
  return JSON.stringify(report, null, 2);
}
