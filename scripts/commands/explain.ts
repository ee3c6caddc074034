import type { Consulted } from '../analysis/plans/conclude.ts';
import { withStep } from '../progress.ts';
import { doubtsOf, withPlans } from '../report/plans.ts';
import type { Report } from '../report/schema.ts';
import { type Database, databasesAt } from '../sources/databases/index.ts';

export interface ExplainOptions {
  /** Databases that may be asked for their plans, as given; none: none is opened. */
  explain: readonly string[];
  progress: boolean;
}

/** What the databases said. */
export interface Explained {
  /** The verdict with it. */
  apply: (report: Report) => Report;
  /** A last line about what nothing was asked of. */
  notes: string[];
}

/** More different statements than this are not asked about in one run: each may take seconds. */
const MOST = 10;

/**
 * Reads what databases are given, before anything is measured.
 * @returns asks them about every statement of the verdicts that may lack an index
 * @throws Failure (usage)
 */
export function prepareExplain({ explain, progress }: ExplainOptions) {
  const databases = databasesAt(explain);
  return async (reports: Iterable<Report>): Promise<Explained> => {
    if (databases.length === 0) return { apply: (report) => report, notes: [] };
    const run = () => consult(databases, reports);
    const consulted = await withStep(progress, 'EXPLAIN', run, ({ size }) => `${size} statement(s)`);
    const asked = new Set([...consulted.values()].map(({ database }) => database));
    const idle = databases.filter(({ name }) => !asked.has(name));
    return {
      apply: (report) => withPlans(report, consulted),
      notes: idle.map(({ name }) => `${name} was not asked: no statement of its kind seems to lack an index.`),
    };
  };
}

async function consult(databases: readonly Database[], reports: Iterable<Report>): Promise<Map<string, Consulted>> {
  const consulted = new Map<string, Consulted>();
  for (const report of reports) {
    for (const { key, system, question } of doubtsOf(report)) {
      const database = databases.find((each) => each.system === system);
      if (database === undefined || consulted.has(key)) continue;
      const full = { unknown: `${MOST} statements were asked about, and no more are in one run` };
      const answer = 'unknown' in question ? question : consulted.size >= MOST ? full : await database.ask(question);
      consulted.set(key, { database: database.name, system, answer });
    }
  }
  return consulted;
}
