import { z } from 'zod';
import { rules } from './finding.ts';

/** One limit of a budgets file. */
export interface Budget {
  /** Pattern of routes: `GET /icons/*`, `/icons/*`, or the name of a root span. */
  route: string;
  subject: 'total' | 'unknown' | 'span' | 'finding';
  /** The span's pattern or the finding's rule; null for the others. */
  name: string | null;
  /** `longest`, `sum` and `ms` are milliseconds, `share` is 0 to 1. */
  measure: 'ms' | 'share' | 'longest' | 'sum' | 'count';
  limit: number;
  /** Of several traces, the value at this percentile counts. */
  percentile: number;
  /** Where it stands in the file, from 1. */
  line: number;
}

/** Of these the worst 5 % may be bad luck. */
export const DEFAULT_PERCENTILE = 95;

const unknownKeys = (keys: string, otherwise: string) => (issue: { code?: string }) =>
  issue.code === 'unrecognized_keys' ? keys : otherwise;

const object = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, { error: unknownKeys(`one of ${keys}`, `a map with ${keys}`) });
};
const atLeast0 = (what: string) => z.number({ error: what }).min(0, what);
const ms = atLeast0('milliseconds, 0 or more');
const count = z.int({ error: 'a whole number, 0 or more' }).min(0, 'a whole number, 0 or more');

const spanLimits = object({
  longest: ms.optional().describe('ms of the longest single span of that name'),
  sum: ms.optional().describe('ms of all spans of that name together'),
  count: count.optional().describe('how many spans of that name'),
});

const findingLimits = object({
  count: count.optional().describe('how many findings of that kind'),
  ms: ms.optional().describe('ms at stake in findings of that kind'),
});

const share = 'a share such as 0.3 or "30 %"';
const percentile = z
  .number({ error: 'a percentile from 1 to 100' })
  .min(1, 'a percentile from 1 to 100')
  .max(100, 'a percentile from 1 to 100');

const route = object({
  total: ms.optional().describe('ms of the whole request'),
  unknown: z
    .union([z.number(share).min(0, share).max(1, share), z.string(share).regex(/^\d{1,3}(\.\d+)?\s*%$/, share)], {
      error: share,
    })
    .optional()
    .describe(`part of the total that nobody can name: ${share}`),
  spans: z
    .record(z.string(), z.union([ms, spanLimits], { error: 'milliseconds, or a map with longest, sum, count' }), {
      error: 'a map of span name patterns',
    })
    .optional()
    .describe('by span name, `*` stands for anything: "SELECT *": 5 limits the longest single one'),
  findings: z
    .partialRecord(z.enum(rules), z.union([count, findingLimits], { error: 'a count, or a map with count, ms' }), {
      error: unknownKeys(`one of ${rules.join(', ')}`, 'a map of findings'),
    })
    .optional()
    .describe('by rule: "error: 0" allows none'),
  percentile: percentile.optional().describe('instead of the one for all routes'),
});

/** A budgets file as it is written, in YAML. */
export const budgetsSchema = object({
  percentile: percentile
    .default(DEFAULT_PERCENTILE)
    .describe('of several traces (N=, a file with many) the value at this percentile counts'),
  routes: z
    .record(z.string(), route, { error: 'a map of routes' })
    .describe('by route, `*` stands for anything: "GET /icons/*"; each that matches a trace applies to it'),
});

export type BudgetsFile = z.infer<typeof budgetsSchema>;
