import type { Expectation } from '../../analysis/completeness.ts';
import type { Settings } from '../../settings.ts';
import type { TraceContext } from '../../sources/trace-context.ts';
import { instances } from '../../stack/services.ts';

/** Which hops the request has to leave a span of: a URL of the stack's own ports tells, any other is taken for a whole site. */
export function expectation(url: string, context: TraceContext, settings: Settings): Expectation {
  const { port, protocol } = new URL(url);
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const offset = number - settings.ONETRACE_APP_PORT;
  const straight = offset >= 0 && offset < instances;
  return {
    clientSpanId: context.spanId,
    hops: straight ? ['curl', 'app'] : ['curl', 'nginx', 'app'],
    appService: settings.OTEL_SERVICE_NAME,
  };
}
