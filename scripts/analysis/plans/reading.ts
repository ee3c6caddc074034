import type { TableSize } from '../../model/plan.ts';

/** What a plan says to the question whether the statement lacks an index. */
export interface Reading {
  /** `unclear`: it does not tell. */
  verdict: 'confirmed' | 'refuted' | 'unclear';
  /** Behind "it lacks an index:" or "the plan lacks none:", such as "all of orders is read". */
  says: string;
  /** Lines of the plan that tell. */
  lines: string[];
  /** Where an index would help, by the columns it would need, both as SQL takes them; empty: the plan does not tell. */
  table: string | null;
  columns: string[];
}

/** Rows. Reading all of a smaller table takes no time to speak of, and the planner prefers it to an index. */
export const SMALL = 1000;

export function sizeText({ rows, precision }: TableSize): string {
  const count = `${rows.toLocaleString('en', { maximumFractionDigits: 0 })} row${Math.round(rows) === 1 ? '' : 's'}`;
  return { exact: count, least: `more than ${count}`, estimate: `about ${count}` }[precision];
}

/** `orders (50,000 rows)` */
export const tableText = (table: string, size: TableSize | undefined): string =>
  size === undefined ? table : `${table} (${sizeText(size)})`;

export const isSmall = (size: TableSize | undefined): boolean =>
  size !== undefined && size.precision !== 'least' && size.rows < SMALL;
