import { profileJsonSchema } from '../report/profile.ts';
import { reportJsonSchema } from '../report/schema.ts';

const schemas = { trace: reportJsonSchema, profile: profileJsonSchema };

/** The JSON Schema of what a command prints as JSON. */
export const schema = (of: keyof typeof schemas): string => JSON.stringify(schemas[of](), null, 2);
