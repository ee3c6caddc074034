import { assemble, type Found, type Parsed } from './assemble.ts';
import { type Json, readDocuments } from './documents.ts';
import { isJaeger, readJaeger } from './jaeger.ts';
import { createNotes, type Notes } from './notes.ts';
import { isOtlp, noteForeign, readOtlp } from './otlp.ts';
import { isZipkinSpan, readZipkin } from './zipkin.ts';

const EXPECTED = 'traces as OTLP JSON, Jaeger JSON or Zipkin v2 JSON';

/**
 * Whatever a tracing system saved → traces. The format is told from each document itself, so that a file may even mix them. Reads what
 * can be read; what cannot becomes a warning. Never throws.
 */
export function parseTraces(text: string): Parsed {
  const notes = createNotes();
  return assemble(readAll(text, notes), notes);
}

function* readAll(text: string, notes: Notes): Generator<Found> {
  const zipkin: Json[] = [];
  for (const document of readDocuments(text, EXPECTED, notes)) {
    if (isOtlp(document)) yield* readOtlp(document, notes);
    else if (isJaeger(document)) yield* readJaeger(document, notes);
    else if (isZipkinSpan(document)) zipkin.push(document);
    else noteForeign(document, EXPECTED, notes);
  }
  yield* readZipkin(zipkin, notes);
}
