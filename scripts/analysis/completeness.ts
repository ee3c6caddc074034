import type { Hop } from '../model/request.ts';
import type { Span, Trace } from '../model/trace.ts';
import { hints } from './hints.ts';
import { upstreamAnswered } from './nginx.ts';

export interface Expectation {
  /** Span id that curl sent in its traceparent. */
  clientSpanId: string;
  /** In the order the request travels; a URL that goes straight to the app has no `nginx`. */
  hops: readonly Hop[];
  /** The app's `service.name`; null: any. */
  appService: string | null;
}

interface MissingHop {
  hop: Hop;
  /** What to check, one sentence each. */
  checks: string[];
}

export interface Completeness {
  complete: boolean;
  missing: MissingHop[];
  /** Spans whose parent is not there: either is still on its way, or was never sent. */
  orphans: Span[];
}

/** Whether everything that a request should leave behind has arrived. A trace of null: nothing has. */
export function assess(trace: Trace | null, expectation: Expectation): Completeness {
  const spans = trace?.spans ?? [];
  const ids = new Set(spans.map((span) => span.spanId));
  const orphans = spans.filter((span) => span.parentId !== null && !ids.has(span.parentId));
  const missing = missingHops(spans, expectation).map((hop) => ({ hop, checks: hints(hop, spans) }));
  return { complete: missing.length === 0 && orphans.length === 0, missing, orphans };
}

function missingHops(spans: Span[], { clientSpanId, hops, appService }: Expectation): Hop[] {
  const server = (parentId: string, service: string | null) =>
    spans.filter(
      (span) => span.parentId === parentId && span.kind === 'server' && span.service === (service ?? span.service),
    );
  const proxies = server(clientSpanId, 'nginx');
  const upstreams = proxies.filter(upstreamAnswered);

  const arrived: Record<Hop, boolean> = {
    curl: spans.some((span) => span.spanId === clientSpanId),
    nginx: proxies.length > 0,
    // A redirect followed by curl gives several requests under one client span: each that was passed on needs its answer.
    app: hops.includes('nginx')
      ? proxies.length > 0 && upstreams.every((proxy) => server(proxy.spanId, appService).length > 0)
      : server(clientSpanId, appService).length > 0,
  };
  return hops.filter((hop) => !arrived[hop]);
}
