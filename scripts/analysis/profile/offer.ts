import type { Trace, Warning } from '../../model/trace.ts';
import { isProfiled } from './inferred.ts';

/** Why services have no samples for a trace, in their own words; nothing where they were not asked. */
export function refusals(traces: readonly Trace[]): Warning[] {
  const reasons = traces.flatMap((trace) => {
    const said = new Set<string>();
    for (const { service, name, attributes } of trace.spans) {
      const reason = attributes['onetrace.profile.unavailable'];
      if (typeof reason === 'string')
        said.add(`${name === 'worker.run' ? `a worker of ${service}` : service} gave no samples: ${reason}`);
    }
    return [...said];
  });
  return [...Map.groupBy(reasons, (reason) => reason)].map(([reason, { length }]) => ({
    code: 'profiler-unavailable',
    message: length === 1 && traces.length === 1 ? reason : `${reason} (${length} of ${traces.length} requests)`,
    spanIds: [],
  }));
}

/** What a reader of estimates has to know about requests that were to be profiled. */
export function profilerWarnings(traces: readonly Trace[]): Warning[] {
  const missing = traces.filter((trace) => !trace.spans.some(isProfiled)).length;
  const refused = refusals(traces);
  if (missing === 0 || refused.length > 0) return refused;
  const message =
    missing === traces.length
      ? 'no samples came with the spans: is ONETRACE_PROFILE of the app "on-demand" or "always", and its @onetrace/instrumentation new enough? What follows knows spans, and no functions'
      : `${missing} of ${traces.length} requests came without samples: of these it knows spans, and no functions`;
  return [{ code: 'not-profiled', message, spanIds: [] }];
}
