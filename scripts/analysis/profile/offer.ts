import type { Trace, Warning } from '../../model/trace.ts';
import { isProfiled } from './inferred.ts';

/** What a reader of estimates has to know about the profiler that made them, or did not. */
export function profilerWarnings(traces: readonly Trace[]): Warning[] {
  const spans = traces.flatMap((trace) => trace.spans);
  const refusals = new Set(
    spans.flatMap(({ service, attributes }) => {
      const reason = attributes['onetrace.profile.unavailable'];
      return reason === undefined || reason === null ? [] : [`${service} cannot be profiled: ${reason}`];
    }),
  );
  if (refusals.size > 0) {
    return [...refusals].map((why) => ({
      code: 'profiler-unavailable',
      message: `${why}; ${SPANS_ONLY}`,
      spanIds: [],
    }));
  }
  const profiled = traces.filter((trace) => trace.spans.some(isProfiled)).length;
  if (profiled === traces.length) return [];
  const message =
    profiled === 0
      ? `no samples came with the spans: is ONETRACE_PROFILE of the app "on-demand" or "always", and its @onetrace/instrumentation new enough? ${SPANS_ONLY}`
      : `${traces.length - profiled} of ${traces.length} requests came without samples: ${SPANS_ONLY}`;
  return [{ code: 'not-profiled', message, spanIds: [] }];
}

const SPANS_ONLY = 'what follows knows spans, and no functions';
