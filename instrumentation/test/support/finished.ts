import { defaultResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { FinishedSpan } from '../../src/spans/finished-span.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = { traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags: 1 };
const RESOURCE = defaultResource();
const SCOPE = { name: 'test' };

interface Differences {
  /** The parent is in another process: a local root. */
  isRemote?: boolean;
  traceFlags?: number;
  text?: string;
  resource?: ReadableSpan['resource'];
  scope?: ReadableSpan['instrumentationScope'];
}

/** A span that has ended, of a request that goes on unless it is said to be remote. */
export function span(
  name: string,
  { isRemote = false, traceFlags = 1, text = '', resource = RESOURCE, scope = SCOPE }: Differences = {},
): FinishedSpan {
  return new FinishedSpan({
    name,
    kind: 0,
    context: { traceId: TRACE, spanId: '00f067aa0ba902b7', traceFlags },
    parent: { ...PARENT, isRemote },
    startTime: [1, 0],
    endTime: [1, 5],
    attributes: { text },
    resource,
    scope,
  });
}
