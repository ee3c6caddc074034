import type { Completeness } from '../../analysis/completeness.ts';
import { absent, type Failure } from '../../failure.ts';
import type { Warning } from '../../model/trace.ts';
import type { Settings } from '../../settings.ts';

export function nothingArrived(completeness: Completeness, settings: Settings): Failure {
  return absent({
    expected: `the trace in Jaeger within ${settings.ONETRACE_TRACE_TIMEOUT_MS / 1000} s`,
    got: 'none of its spans',
    next: completeness.missing[0]?.checks[0] ?? 'make status',
  });
}

/** The hops that a trace lacks, as the verdict has them. */
export function missingHops({ missing }: Completeness): Warning[] {
  return missing.map(({ hop }) => ({ code: 'missing-hop', message: `the ${hop} hop is missing`, spanIds: [] }));
}

/** Names the missing hops in the order the request travels, each with what to check. */
export function complain({ missing, orphans }: Completeness, settings: Settings): string {
  const hops = missing.map(({ hop, checks }) =>
    [`The trace lacks the ${hop} hop. Check:`, ...checks.map((check) => `  - ${check}`)].join('\n'),
  );
  const lost = orphans.map(
    (span) => `The parent ${span.parentId} of "${span.name}" (${span.service}) has not arrived.`,
  );
  return [
    `The trace is not complete after ${settings.ONETRACE_TRACE_TIMEOUT_MS / 1000} s.`,
    ...hops,
    ...lost.slice(0, 3),
  ].join('\n');
}
