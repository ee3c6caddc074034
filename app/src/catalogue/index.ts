import { findCatalogue } from './location.ts';
import { createPool, type Pool } from './pool.ts';
import type { Queries } from './queries.ts';
import workerUrl from './worker.ts?worker-url';

/** Two threads, as one query at a time per thread is plenty for a read-only database that fits into memory. */
const poolSize = 2;

let pool: Pool<Queries> | undefined;

/** The catalogue, asked through the pool. The threads start with the first query: `astro build` loads this module too. */
export const query: Pool<Queries>['query'] = async (name, ...params) => {
  pool ??= createPool<Queries>({
    workerUrl: new URL(workerUrl),
    databasePath: findCatalogue(import.meta.url, process.env.ICON_DATABASE),
    size: poolSize,
    log: process.env.ICON_POOL_LOG === '1',
  });
  return pool.query(name, ...params);
};
