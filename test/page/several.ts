import type { TraceSet } from '../../scripts/report/schema.ts';
import { buildSeries } from '../../scripts/report/series/build.ts';
import type { Series } from '../../scripts/report/series/schema.ts';
import { buildTraceSet } from '../../scripts/report/trace-set.ts';
import { firstUserTrace } from '../traces/first-user.ts';
import { eventfulTrace, firstUser } from './reports.ts';

/** Two systems: the first user's, and one with an error, twice. */
export function traceSet(): TraceSet {
  return buildTraceSet({ traces: [firstUserTrace(), eventfulTrace(), eventfulTrace()], warnings: [] });
}

export function series(): Series {
  return buildSeries({
    reports: [firstUser(), firstUser(), firstUser()],
    url: 'http://127.0.0.1:8080/things/',
    requests: { sent: 3, concurrency: 1, warmUp: 0, incomplete: 0, failed: 0 },
    directory: null,
    warnings: [],
  });
}
