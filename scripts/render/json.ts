import type { Report } from '../report/schema.ts';

/** With more spans nobody reads it, and blanks would be a third of it. */
const MOST_FOR_PEOPLE = 20_000;

/** The report as one JSON object, laid out for people too. */
export function renderJson(report: Report): string {
  try {
    return JSON.stringify(report, null, report.spans.length > MOST_FOR_PEOPLE ? 0 : 2);
  } catch (error) {
    // V8 holds no text of more than 512 MB: some million spans with all that they carry.
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(withoutAttributes(report));
  }
}

function withoutAttributes(report: Report): Report {
  const message = 'the attributes of the spans were left out: with them the JSON would be too large';
  return {
    ...report,
    spans: report.spans.map((span) => ({ ...span, attributes: {} })),
    warnings: [...report.warnings, { code: 'attributes-left-out', message, spanIds: [] }],
  };
}
