import { type Notes, quote } from './notes.ts';

export type Json = Record<string, unknown>;

/** The objects in a text: one JSON document however it is laid out, or one to a line as the Collector's file exporter writes them. */
export function readDocuments(text: string, notes: Notes): Json[] {
  if (text.trim() === '') {
    notes.add('no-data', 'expected OTLP JSON, got an empty text');
    return [];
  }
  const whole = tryParse(text);
  if ('value' in whole) return objects(whole.value, notes);

  const lines = text.split('\n').map((line) => line.trim());
  const parsed = lines.map((line) => (line === '' ? null : tryParse(line)));
  const anyObject = parsed.some(
    (line) => line && 'value' in line && isObject(line.value) && Object.keys(line.value).length > 0,
  );
  if (!anyObject) {
    notes.add('not-json', `expected OTLP JSON, got ${quote(text.trim())}: ${whole.error}`);
    return [];
  }
  return parsed.flatMap((line, index) => {
    if (line && 'error' in line) notes.add('bad-line', `line ${index + 1} is not JSON and was left out: ${line.error}`);
    return line && 'value' in line ? objects(line.value, notes) : [];
  });
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; anything else in its place, or in it, becomes a warning. An absent list is an empty one. */
export function objectsIn(value: unknown, where: string, notes: Notes): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    notes.add(`bad-${where}`, `${where}: expected a list, got ${quote(value)}`);
    return [];
  }
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

function objects(value: unknown, notes: Notes): Json[] {
  if (Array.isArray(value)) return objectsIn(value, 'document', notes);
  if (isObject(value)) return [value];
  notes.add('bad-document', `expected an object with resourceSpans, got ${quote(value)}`);
  return [];
}
