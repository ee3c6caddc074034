import { expect, test } from 'vitest';
import { parseOtlp } from '../parse/otlp.ts';
import { curlSpan, deliver } from './collector.ts';
import type { Exchange } from './curl/send.ts';
import { newTraceContext } from './trace-context.ts';

const exchange: Exchange = {
  facts: {
    url: 'http://127.0.0.1:8080/a?b=c',
    method: 'GET',
    status: 404,
    bytes: 12,
    redirects: 0,
    redirectUrl: null,
    times: { namelookup: 0.1, connect: 0.2, appconnect: 0, pretransfer: 0.3, starttransfer: 9, total: 10 },
  },
  startNs: 1_795_250_000_000_000_000n,
  endNs: 1_795_250_000_010_000_000n,
};

test("curl's span is the root of the trace, in OTLP JSON", () => {
  const context = newTraceContext();
  const { traces, warnings } = parseOtlp(JSON.stringify(curlSpan(exchange, context)));
  expect(warnings).toEqual([]);
  expect(traces[0]?.traceId).toBe(context.traceId);
  expect(traces[0]?.spans).toMatchObject([
    {
      spanId: context.spanId,
      parentId: null,
      service: 'curl',
      kind: 'client',
      name: 'GET',
      traceState: 'onetrace=force',
      start: 0,
      end: 10_000_000,
      status: { code: 'error' },
      attributes: {
        'url.full': 'http://127.0.0.1:8080/a?b=c',
        'http.response.status_code': 404,
        'onetrace.curl.starttransfer_ms': 9,
      },
    },
  ]);
});

test('a Collector that is not there: exit code 3, and the request is said to be answered', async () => {
  const delivering = deliver(exchange, newTraceContext(), 1);
  await expect(delivering).rejects.toMatchObject({ code: 3 });
  await expect(delivering).rejects.toThrow(
    /the Collector to take curl's span on http:\/\/127\.0\.0\.1:1\/v1\/traces, got /,
  );
});
