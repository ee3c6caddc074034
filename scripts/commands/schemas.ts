import { z } from 'zod';
import { misuse } from '../failure.ts';
import { budgetsSchema } from '../model/budgets.ts';
import { budgetResultSchema } from '../report/budgets/schema.ts';
import { comparisonSchema } from '../report/compare/schema.ts';
import { profileSchema } from '../report/profile.ts';
import { reportSchema, traceSetSchema } from '../report/schema.ts';
import { seriesSchema } from '../report/series/schema.ts';
import { measurementsSchema } from './bench/measurement.ts';
import { statusSchema } from './status.ts';

const withBudgets = { budgets: budgetResultSchema.optional().describe('where a budgets file was given') };

/** What is printed or read, by the name that `onetrace schema` knows it under. */
const schemas = {
  trace: reportSchema.extend(withBudgets).describe('onetrace trace --json, and analyze --json of one trace'),
  series: seriesSchema.extend(withBudgets).describe('onetrace trace -n 20 --json'),
  profile: profileSchema.describe('onetrace profile --json'),
  analyze: traceSetSchema.extend(withBudgets).describe('onetrace analyze --json of several traces; of one: trace'),
  compare: comparisonSchema.describe('onetrace compare --json'),
  status: statusSchema.describe('onetrace status --json'),
  bench: measurementsSchema.describe('onetrace bench --json'),
  budgets: budgetsSchema.describe('a budgets file, in YAML'),
} as const satisfies Record<string, z.ZodType>;

export const schemaNames = Object.keys(schemas) as (keyof typeof schemas)[];

/**
 * The published JSON Schema (draft 2020-12) of an output, or of the one input.
 * @throws Failure (usage) for a name that there is not
 */
export function jsonSchema(name: string): object {
  const schema = schemaNames.find((each) => each === name);
  if (schema) return z.toJSONSchema(schemas[schema], { reused: 'ref', io: name === 'budgets' ? 'input' : 'output' });
  throw misuse({ expected: `one of ${schemaNames.join(', ')}`, got: `"${name}"`, next: './onetrace schema trace' });
}
