import type { Trace, Warning } from '../model/trace.ts';
import { makeIdsUnique } from './duplicates.ts';
import type { Notes } from './notes.ts';
import { correctUnits } from './time-unit.ts';
import { type Draft, placeInTime } from './times.ts';

/** What an importer makes of one span. */
export interface Found {
  traceId: string;
  draft: Draft;
}

export interface Parsed {
  /** In the order in which their first spans came. */
  traces: Trace[];
  warnings: Warning[];
}

/** Spans come in any order, those of one trace scattered over many documents. */
export function assemble(found: Iterable<Found>, notes: Notes): Parsed {
  const drafts = new Map<string, Draft[]>();
  for (const { traceId, draft } of found) {
    const trace = drafts.get(traceId);
    if (trace) trace.push(draft);
    else drafts.set(traceId, [draft]);
  }
  if (drafts.size === 0 && notes.warnings().length === 0) notes.add('no-spans', 'expected at least one span, got none');
  const traces = [...drafts].map(([traceId, all]) => {
    const unique = makeIdsUnique(all, notes);
    correctUnits(unique, notes);
    const epochNs = placeInTime(unique, notes);
    return { traceId, epochNs, spans: unique.map((draft) => draft.span) };
  });
  return { traces, warnings: notes.warnings() };
}
