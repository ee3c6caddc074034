import { z } from 'zod';
import { type Place, pathTo } from './align.ts';

/** A place in the structure of traces, as the JSON outputs name it. */
export const placeSchema = z.object({
  service: z.string(),
  name: z.string(),
  ordinal: z.int().nullable().describe('1: the first of its name among its siblings; null: the only one, or folded'),
  path: z.array(z.string()).describe('`service: name` of each span from the root to this one, which is the last'),
  depth: z.int().describe('0: a root'),
  folded: z
    .boolean()
    .describe('siblings of one name that were too many to be told apart: the figures are their sums in a trace'),
});

export function describePlace(place: Place): z.infer<typeof placeSchema> {
  const { service, name, ordinal, depth, folded } = place;
  return { service, name, ordinal, path: pathTo(place), depth, folded };
}
