import { z } from 'zod';
import { accountKinds, distribution, reportSchema, warning } from '../schema.ts';
import { placeSchema } from '../structure/schema.ts';

const category = z.object({
  kind: z.enum(accountKinds),
  ms: distribution,
  share: z.number().describe('of the totals of all traces, 0 to 1'),
});

const account = category.extend({
  name: z.string().describe('a function where samples name it, else a span'),
  location: z.string().nullable().describe('file:line of a function'),
});

const span = placeSchema.extend({
  traces: z.int().describe('how many of the traces have the span; where it is absent it counts as 0 ms'),
  durationMs: distribution,
  selfMs: distribution.describe('while no child runs'),
  criticalPathMs: distribution.describe('on the critical path itself'),
});

/** What `trace -n 20 --json` prints: one request, repeated. */
export const seriesSchema = z.object({
  url: z.string(),
  route: z.string(),
  requests: z.object({
    sent: z.int(),
    concurrency: z.int().describe('how many at a time'),
    warmUp: z.int().describe('sent before, not counted'),
    measured: z.int().describe('those whose trace is complete: all figures are theirs'),
    incomplete: z.int().describe('those whose trace lacks a hop or a span'),
    failed: z.int().describe('those without an HTTP answer'),
  }),
  statuses: z.array(z.object({ status: z.int().nullable(), count: z.int() })).describe('most frequent first'),
  totalMs: distribution,
  categories: z.array(category).describe('parts of the critical path; largest share first'),
  accounts: z.array(account).describe('the same by name'),
  spans: z.array(span).describe('depth first'),
  median: reportSchema.describe('the trace whose total is closest to the median'),
  slowest: reportSchema,
  directory: z.string().nullable().describe('where the raw traces were saved'),
  warnings: z.array(warning),
});

export type Series = z.infer<typeof seriesSchema>;
