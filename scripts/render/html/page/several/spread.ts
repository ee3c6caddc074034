import type { TraceSet } from '../../../../report/schema.ts';
import { ms } from '../../../numbers.ts';

/** From the fastest to the slowest, in words. */
export function spread({ min, p95, p99, max }: TraceSet['totalMs']): string {
  return `fastest ${ms(min)}, p95 ${ms(p95)}, p99 ${ms(p99)}, slowest ${ms(max)} ms`;
}
