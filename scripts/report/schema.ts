import { z } from 'zod';

/** The verdict's JSON: what `JSON=1` prints, and all that the text shows. Times are milliseconds, exact to the nanosecond. */
const ms = z.number();

const finding = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  ms: ms.nullable().describe('milliseconds at stake; null where time is not the point'),
  spanIds: z.array(z.string()),
  next: z.string().describe('what to do about it'),
  plan: z
    .object({
      verdict: z.enum(['confirmed', 'refuted', 'unverified']).describe('budgets do not count what is refuted'),
      database: z.string().describe('which one was asked'),
      lines: z.array(z.string()).describe('those of the plan that tell'),
      reason: z.string().nullable().describe('why it is unverified'),
    })
    .optional()
    .describe('what EXPLAIN said, where a database was given and the finding is about a statement of its kind'),
});

const span = z.object({
  id: z.string(),
  parentId: z.string().nullable().describe('as sent: it may name a span that is not in the trace'),
  service: z.string(),
  name: z.string(),
  kind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  startMs: ms.describe('since the start of the main root'),
  durationMs: ms,
  selfMs: ms.describe('the part of the duration in which no child was running'),
  depth: z.int().describe('0: a root'),
  onCriticalPath: z.boolean(),
  error: z.string().nullable().describe('what failed'),
  attributes: z.record(z.string(), z.json()),
  samples: z.int().nullable().describe('drawn from so many samples of the thread: an estimate; null: recorded by code'),
  events: z.array(z.object({ name: z.string(), atMs: ms, attributes: z.record(z.string(), z.json()) })),
});

const neighbour = z.object({ id: z.string(), name: z.string() }).nullable();

const gap = z.object({
  spanId: z.string().describe('the span in which no child was running'),
  startMs: ms,
  durationMs: ms,
  before: neighbour.describe('the child that ended where the gap begins; null: the gap begins with the span'),
  after: neighbour.describe('the child that starts where the gap ends; null: the gap ends with the span'),
});

const segment = z.object({ spanId: z.string(), startMs: ms, durationMs: ms });

/** What time can be spent on. */
export const accountKinds = ['cpu', 'gc', 'blocked', 'wait', 'network', 'unknown'] as const;

export const accountSchema = z.object({
  kind: z.enum(accountKinds),
  name: z.string(),
  location: z.string().nullable().describe('file:line'),
  origin: z.enum(['app', 'library', 'astro', 'node']).nullable().describe('whose code it is; null: not a function'),
  library: z.string().nullable().describe("the package of a library's function"),
  caller: z.string().nullable().describe("the app's own function that called the library's, with its place"),
  samples: z.int().describe('an estimate from so many samples of the thread; 0: measured'),
  ms,
  share: z.number().describe('of the total, 0 to 1'),
});

const hop = z.object({
  spanId: z.string(),
  service: z.string(),
  upstream: z.string().describe('the addresses asked, as the proxy names them'),
  resolutionMs: ms.describe('the proxy measures no finer than this'),
  ownMs: ms.nullable().describe('not spent on the upstream: reading the request, sending the response'),
  connectMs: ms.nullable(),
  firstByteMs: ms.nullable().describe('from the connection to the end of the response headers'),
  transferMs: ms.nullable().describe('from the headers to the end of the body'),
});

const request = z.object({
  url: z.string(),
  method: z.string(),
  status: z.int().nullable(),
  bytes: z.int().nullable(),
  redirects: z.int(),
  redirectUrl: z.string().nullable().describe('where an answer that was not followed points to'),
  timings: z
    .object({ dns: ms, connect: ms, tls: ms, ttfb: ms, transfer: ms, total: ms })
    .nullable()
    .describe('each phase on its own; ttfb counts from the connection being ready; they add up to the total'),
});

const links = z.object({
  jaeger: z.string().nullable().describe('page of the trace; null: unknown, or a Jaeger without its web page'),
  file: z.string().nullable().describe('where the raw trace was saved'),
});

export const warning = z.object({ code: z.string(), message: z.string(), spanIds: z.array(z.string()) });

const graph = z.object({
  services: z
    .array(
      z.object({
        name: z.string(),
        kind: z
          .enum(['service', 'database', 'peer'])
          .describe('a database or a peer has sent no spans: its callers name it'),
        spans: z.int(),
        errors: z.int().describe('spans that failed'),
      }),
    )
    .describe('callers before those they call'),
  calls: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      calls: z.int(),
      errors: z.int(),
      perSecond: z.number().nullable().describe('null: the traces cover no time to speak of'),
      p50Ms: ms,
      p95Ms: ms,
    }),
  ),
});

export const reportSchema = z.object({
  traceId: z.string(),
  links,
  request: request.nullable(),
  totalMs: ms.describe('duration of the main root: what the accounting adds up to'),
  spans: z.array(span).describe('depth first, by start'),
  gaps: z.array(gap).describe('those of at least a hundredth of the total'),
  criticalPath: z.array(segment).describe('covers the main root from start to end without overlap'),
  accounting: z.array(accountSchema).describe('largest first'),
  hops: z.array(hop).describe('what proxies say about the way to their upstream'),
  graph: graph.describe('who calls whom'),
  findings: z.array(finding),
  warnings: z.array(warning),
});

export type Report = z.infer<typeof reportSchema>;
export type ReportSpan = Report['spans'][number];

export const distribution = z.object({ min: ms, p50: ms, p95: ms, p99: ms, max: ms });

/** What several traces say together. */
export const traceSetSchema = z.object({
  traces: z.int(),
  spans: z.int(),
  seconds: z.number().nullable().describe('from the start of the first trace to that of the last; null: less than one'),
  totalMs: distribution.describe('of the durations of the main roots'),
  names: z
    .array(
      z.object({
        service: z.string(),
        name: z.string(),
        count: z.int(),
        errorShare: z.number().describe('0 to 1'),
        ms: distribution,
        totalMs: ms,
      }),
    )
    .describe('per service and span name, those first on which most time was spent'),
  graph: graph.describe('who calls whom'),
  slowest: reportSchema.nullable(),
  warnings: z.array(warning),
});

export type TraceSet = z.infer<typeof traceSetSchema>;
