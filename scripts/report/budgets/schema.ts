import { z } from 'zod';

const check = z.object({
  route: z.string().describe('pattern, as the file has it'),
  subject: z.enum(['total', 'unknown', 'span', 'finding']),
  name: z.string().nullable().describe('pattern of span names, or rule of findings'),
  measure: z
    .enum(['ms', 'share', 'longest', 'sum', 'count'])
    .describe('longest: ms of the longest single span; sum: ms of all of that name; share: of the total, 0 to 1'),
  limit: z.number(),
  measured: z
    .number()
    .nullable()
    .describe('null: no trace of the route has a span of that name, or none is of the route'),
  traces: z.int().describe('of that route'),
  percentile: z.number().describe('of several traces, the value at it is what was measured'),
  status: z.enum(['kept', 'broken', 'not-measured']),
  worstTraceId: z.string().nullable().describe('the trace with the largest value'),
  line: z.int().describe('in the file'),
});

/** What became of the budgets: part of the JSON of `trace` and `analyze` where a budgets file was given. */
export const budgetResultSchema = z.object({
  file: z.string(),
  broken: z.int(),
  routes: z.array(z.string()).describe('of the traces, at most 20'),
  checks: z.array(check),
});

export type BudgetResult = z.infer<typeof budgetResultSchema>;
export type BudgetCheck = z.infer<typeof check>;
