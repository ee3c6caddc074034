import { z } from 'zod';
import { accountKinds, reportSchema } from './schema.ts';

/** What `make profile` found in many requests to one URL: its JSON, and all that its page shows. Times are milliseconds. */
const ms = z.number();
const accountKind = z.enum(accountKinds);

/** One function, one span or one category, over all requests. */
const profileRow = z.object({
  kind: accountKind,
  name: z.string(),
  location: z.string().nullable().describe('file:line'),
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
  kind: z.enum(['span', ...accountKinds]).describe('span: a real span; anything else was inferred from samples'),
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
  totalMs: z.object({ min: ms, p50: ms, p95: ms, max: ms, mean: ms }),
  categories: z.array(profileRow).describe('one row a kind, by share'),
  functions: z.array(profileRow).describe('by share'),
  flame: flameFrame.describe('the root stands for all requests'),
  reports: z
    .array(z.object({ label: z.string().describe('"median request", "slowest request"'), report: reportSchema }))
    .describe('requests worth a look of their own'),
  warnings: reportSchema.shape.warnings,
});

export type ProfileReport = z.infer<typeof profileSchema>;
export type ProfileRow = ProfileReport['categories'][number];
export type FlameFrame = ProfileReport['flame'];
