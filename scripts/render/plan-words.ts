import type { Report } from '../report/schema.ts';
import { clean } from './clean.ts';

type Plan = NonNullable<Report['findings'][number]['plan']>;

/** What EXPLAIN said, in a line: `confirmed by shop.db: SCAN orders`. */
export function describePlan({ verdict, database, lines, reason }: Plan): string {
  if (verdict === 'unverified') return clean(`not verified with ${database}: ${reason ?? 'it does not tell'}`);
  return clean(`${verdict} by the plan of ${database}: ${lines.join(' · ')}`);
}
