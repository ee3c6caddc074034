/** With more spans nobody reads it, and blanks would be a third of it. */
const MOST_FOR_PEOPLE = 20_000;

/** A result as one JSON object, laid out for people too. */
export function renderJson(result: object): string {
  const many = 'spans' in result && Array.isArray(result.spans) && result.spans.length > MOST_FOR_PEOPLE;
  try {
    return JSON.stringify(result, null, many ? 0 : 2);
  } catch (error) {
    // V8 holds no text of more than 512 MB: some million spans with all that they carry.
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(result, bare);
  }
}

/** Without what takes most room. Every JSON of ours has warnings: they say it. */
function bare(key: string, value: unknown): unknown {
  if (key === 'attributes') return {};
  if (key === 'events') return [];
  if (key !== 'warnings' || !Array.isArray(value)) return value;
  const message = 'the attributes and events of spans were left out: with them the JSON would be too large';
  return [...value, { code: 'attributes-left-out', message, spanIds: [] }];
}
