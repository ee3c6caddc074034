/** Databases that can be asked how they would run a statement, by their `db.system.name`. */
export type PlanSystem = 'sqlite' | 'postgresql';

/** A statement to ask about. */
export interface Question {
  system: PlanSystem;
  /** One statement, without comments; PostgreSQL's placeholders as `$1`, `$2` … */
  statement: string;
  /** How many placeholders it has; SQLite needs no values for its own. */
  parameters: number;
}

/** How a database would run it. */
export type Plan =
  /** The lines of `EXPLAIN QUERY PLAN`. */
  | { system: 'sqlite'; lines: string[] }
  /** The root of `EXPLAIN (FORMAT JSON)`. */
  | { system: 'postgresql'; root: PlanNode };

/** A step of PostgreSQL's plan, by PostgreSQL's names, as far as they matter here. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  Alias?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  /** What the indexes of a bitmap have been asked for. */
  'Recheck Cond'?: string;
  'Hash Cond'?: string;
  'Join Filter'?: string;
  Filter?: string;
  'Sort Key'?: string[];
  /** Estimated: what it hands on. */
  'Plan Rows': number;
  /** Estimated, in units of reading a page. */
  'Total Cost': number;
  Plans?: PlanNode[];
  /** Partitions that the values rule out. */
  'Subplans Removed'?: number;
}

/** A table that the statement or its plan names. */
export interface TableSize {
  name: string;
  /** The name as SQL takes it, with quotes and schema where it needs them, of a partition that of all of them; none: nobody has asked. */
  sql?: string;
  /** Whether that is a partitioned table. */
  partitioned?: boolean;
  rows: number;
  /** `exact`: counted; `least`: there are more; `estimate`: the planner's own statistics. */
  precision: 'exact' | 'least' | 'estimate';
}

/** What came of asking; `unknown` says why there is no plan, in a few words. */
export type Answer = { plan: Plan; tables: TableSize[] } | { unknown: string };
