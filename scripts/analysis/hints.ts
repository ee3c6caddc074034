import type { Hop } from '../model/request.ts';
import type { Span } from '../model/trace.ts';

/**
 * What to check when a hop's span does not arrive, likeliest first. Edit freely: nothing depends on the wording.
 */
const checks: Record<Hop, string[]> = {
  curl: [
    "curl's own span goes from this command straight to the Collector: is its OTLP/HTTP port open (ONETRACE_OTLP_HTTP_PORT, `make status`)?",
    'Does the Collector reach Jaeger (ONETRACE_JAEGER_ENDPOINT, `make logs S=collector`)?',
  ],
  nginx: [
    'Does nginx trust this caller (ONETRACE_TRUSTED, ONETRACE_KEY)? Otherwise it starts a trace of its own.',
    'Does nginx write its spans to the file that the Collector reads (ONETRACE_SPAN_FILE on both sides), and is this location not left out?',
    "Does the Collector's log complain about the span file (`make logs S=collector`)?",
  ],
  app: [
    'Is the app running with `--import @onetrace/instrumentation/register`, and the path none of its ONETRACE_IGNORE_PATHS?',
    'Does its OTEL_EXPORTER_OTLP_ENDPOINT name the Collector, and is OTEL_SDK_DISABLED not `true`?',
    'Is OTEL_SERVICE_NAME the name that is waited for here?',
    "Does the app's log complain about the exporter (`make logs S=app`)?",
  ],
};

/** `spans` are those that did arrive: they rule out some causes. */
export function hints(hop: Hop, spans: readonly Span[]): string[] {
  if (spans.length === 0) {
    return ['No span of this trace has arrived: are the Collector and Jaeger up (`make status`)?', ...checks[hop]];
  }
  return checks[hop];
}
