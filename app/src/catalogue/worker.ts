/** A database thread: opens the catalogue, says that it is ready, then answers one query at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Query, WorkerMessage, WorkerOptions } from './protocol.ts';
import { openCatalogue } from './queries.ts';

const { workerId, databasePath, log } = workerData as WorkerOptions;
const queries = openCatalogue(databasePath).queries as Record<string, (params: unknown) => unknown>;

parentPort?.on('message', ({ id, name, params }: Query) => {
  const started = Date.now();
  post(answer(id, name, params));
  if (log) console.log(`[icon-pool] worker ${workerId}: query ${id} ${name} finished in ${Date.now() - started} ms`);
});
post({ ready: true });

function answer(id: number, name: string, params: unknown): WorkerMessage {
  try {
    const query = queries[name];
    if (!query) throw new Error(`expected one of ${Object.keys(queries).join(', ')}, got ${name}`);
    return { id, result: query(params) };
  } catch (error) {
    return { id, error: `query ${name}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}
