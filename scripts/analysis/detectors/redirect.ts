import type { Finding } from '../../model/finding.ts';
import type { RequestFacts } from '../../model/request.ts';

/** The answer points elsewhere, and what was measured is only the pointing. */
export function findRedirect(request: RequestFacts | null): Finding[] {
  if (!request?.redirectUrl) return [];
  return [
    {
      rule: 'redirect',
      severity: 'info',
      message: `answered ${request.status}, pointing to ${request.redirectUrl}, which was not followed`,
      ms: null,
      spanIds: [],
      next: `Trace that address, or follow: CURL=--location`,
    },
  ];
}
