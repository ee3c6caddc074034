import { z } from 'zod';
import { LEAST_SAMPLES } from '../../analysis/statistics/rank-test.ts';
import { accountKinds, warning } from '../schema.ts';
import { placeSchema } from '../structure/schema.ts';

/** What `compare --json` prints. Times are milliseconds; of several traces they are medians, and a span that one lacks counts as 0. */
const significance = z
  .object({
    p: z.number().describe('adjusted for the number of tests among the spans, or among the categories'),
    significant: z.boolean(),
  })
  .nullable()
  .describe(`null: too few to tell (${LEAST_SAMPLES} traces on either side are needed)`);

const change = z.object({
  a: z.number(),
  b: z.number(),
  change: z.number().describe('b - a'),
  significance,
});

const side = z.object({
  name: z.string().describe('as given'),
  traces: z.int().describe('how many were compared'),
});

const category = change.extend({
  kind: z.enum(accountKinds),
});

const account = category.extend({
  name: z.string().describe('a function where samples name it, else a span'),
  location: z.string().nullable().describe('file:line of a function'),
});

const span = placeSchema.extend({
  status: z.enum(['both', 'new', 'vanished']).describe('new: in no trace of a; vanished: in none of b'),
  tracesWith: z.object({ a: z.int(), b: z.int() }).describe('how many traces have the span'),
  spans: z.object({ a: z.number(), b: z.number() }).describe('how many spans the place stands for, median'),
  duration: change,
  self: change.describe('while no child runs: where a change happened, not who waited for it'),
  criticalPath: change.describe(
    'on the critical path itself: between two single traces these changes add up to that of the total',
  ),
});

export const comparisonSchema = z.object({
  route: z.string().describe('of the traces that were compared'),
  a: side,
  b: side,
  total: change.extend({
    shift: z
      .object({ estimate: z.number(), from: z.number(), to: z.number() })
      .nullable()
      .describe('Hodges-Lehmann estimate of the change and its 95 % confidence interval; null: too few traces'),
  }),
  categories: z.array(category).describe('by absolute change, largest first'),
  accounts: z.array(account).describe('parts of the critical path by name; by absolute change, largest first'),
  spans: z.array(span).describe('by absolute change of the self time, largest first'),
  test: z.object({
    name: z.literal('Mann-Whitney U, two-sided'),
    adjustment: z.literal('Benjamini-Hochberg'),
    level: z.number().describe('a p below it counts as significant'),
    leastTraces: z.int().describe('on either side; fewer are too few to tell'),
  }),
  warnings: z.array(warning),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type Change = z.infer<typeof change>;
export type SpanChange = Comparison['spans'][number];
