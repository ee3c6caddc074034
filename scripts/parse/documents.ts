import { type Notes, quote } from './notes.ts';

export type Json = Record<string, unknown>;

/**
 * The objects in a text: one JSON document however it is laid out, or one to a line as the Collector's file exporter writes them.
 * Lists are opened, also lists of lists: Zipkin answers with them.
 */
export function* readDocuments(text: string, expected: string, notes: Notes): Generator<Json> {
  if (text.trim() === '') {
    notes.add('no-data', `expected ${expected}, got an empty text`);
    return;
  }
  // A byte order mark, with which some editors begin a file, counts as a blank here and is an error to JSON.
  const whole = tryParse(text.trimStart());
  if ('value' in whole) yield* objects(whole.value, expected, notes);
  else yield* readLines(text, whole.error, expected, notes);
}

/** A line at a time, so that the raw form of one is gone before the next: a file may have a million. */
function* readLines(text: string, error: string, expected: string, notes: Notes): Generator<Json> {
  const bad: { line: number; error: string }[] = [];
  let any = false;
  let number = 0;
  for (let start = 0; start < text.length; number += 1) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end).trim();
    start = end < 0 ? text.length : end + 1;
    if (line === '') continue;
    const parsed = tryParse(line);
    if ('error' in parsed) {
      bad.push({ line: number + 1, error: parsed.error });
      continue;
    }
    if (!isDocument(parsed.value)) continue;
    any = true;
    yield* objects(parsed.value, expected, notes);
  }
  if (!any) notes.add('not-json', `expected ${expected}, got ${quote(text.trimStart().slice(0, 100))}: ${error}`);
  else for (const each of bad) notes.add('bad-line', `line ${each.line} is not JSON and was left out: ${each.error}`);
}

/** A pretty-printed document that was cut off has lines such as `{}` and `[]`: they are no documents. */
function isDocument(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NONE: readonly Json[] = [];

/** The objects of a list; anything else in its place, or in it, becomes a warning. An absent list is an empty one. */
export function objectsIn(value: unknown, where: string, notes: Notes): readonly Json[] {
  if (value === undefined || value === null) return NONE;
  if (!Array.isArray(value)) {
    notes.add(`bad-${where}`, `${where}: expected a list, got ${quote(value)}`);
    return NONE;
  }
  if (value.every(isObject)) return value;
  return value.filter((item): item is Json => {
    if (!isObject(item)) notes.add(`bad-${where}`, `${where}: expected an object, got ${quote(item)}`);
    return isObject(item);
  });
}

function tryParse(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // V8 quotes the whole text for short inputs and puts line breaks into it.
    return {
      error: String((error as Error).message)
        .replaceAll(/\s+/g, ' ')
        .slice(0, 120),
    };
  }
}

function objects(value: unknown, expected: string, notes: Notes): readonly Json[] {
  if (Array.isArray(value)) return objectsIn(value.some(Array.isArray) ? value.flat() : value, 'document', notes);
  if (isObject(value)) return [value];
  notes.add('bad-document', `expected ${expected}, got ${quote(value)}`);
  return NONE;
}
