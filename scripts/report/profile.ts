import { z } from 'zod';
import { accountKinds, accountSchema, reportSchema } from './schema.ts';

/** What `make profile` found in many requests to one URL: its JSON, and all that its page shows. Times are milliseconds. */
const ms = z.number();

/** One function, one span or one category, over all requests. */
const profileRow = accountSchema
  .pick({ kind: true, name: true, location: true, origin: true, library: true, caller: true, samples: true })
  .extend({
    meanMs: ms.describe(
      'over all requests, those in which it did not happen too: the means of all rows add up to the mean total',
    ),
    p50Ms: ms,
    p95Ms: ms,
    share: z.number().describe('of the time of all requests together, 0 to 1'),
    fastMs: ms.describe('mean over the fast half of the requests'),
    slowMs: ms.describe('mean over the slow half of the requests'),
  });

/**
 * A frame of the flame graph: a span, or a function below it. Frames of one name, place and kind under one parent are one frame,
 * summed over all requests. Deeper than some 1,000 frames there is no JSON: whoever builds the tree folds what recurs.
 */
const flameFrame = z.object({
  name: z.string(),
  location: z.string().nullable().describe('file:line'),
  kind: z.enum(['span', ...accountKinds]).describe('span: recorded by code; anything else: what its time was spent on'),
  valueMs: ms.describe('with everything below it; never less than the sum of its children'),
  samples: z.int().nullable().describe('how many samples stand behind it; null: measured, not estimated'),
  get children() {
    return z.array(flameFrame);
  },
});

export const profileSchema = z.object({
  url: z.string(),
  method: z.string(),
  requests: z.int().describe('those that count'),
  concurrency: z.int(),
  failed: z.int().describe('sent, but without a complete trace'),
  samples: z.int().describe('of the threads that worked for the requests, as far as they explain the total'),
  totalMs: z.object({ min: ms, p50: ms, p95: ms, max: ms, mean: ms }),
  categories: z.array(profileRow).describe('one row a kind, by share'),
  owners: z
    .array(profileRow)
    .describe("one row for whoever's code ran: the app itself, each library, Astro, Node; by share"),
  functions: z.array(profileRow).describe('one row an account, by share: their means add up to the mean total'),
  flame: flameFrame.describe('the root stands for all requests'),
  reports: z
    .array(z.object({ label: z.string().describe('"median request", "slowest request"'), report: reportSchema }))
    .describe('requests worth a look of their own'),
  traces: z.array(z.object({ traceId: z.string(), totalMs: ms })).describe('in the order they were sent'),
  warnings: reportSchema.shape.warnings,
});

export type ProfileReport = z.infer<typeof profileSchema>;
export type ProfileRow = ProfileReport['categories'][number];
export type FlameFrame = ProfileReport['flame'];
