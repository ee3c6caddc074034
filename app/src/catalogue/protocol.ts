/** Messages between the pool and its workers. */

export interface Query {
  id: number;
  name: string;
  params: unknown;
}

/** The first message of a worker says that it can take queries; every other one answers one. */
export type WorkerMessage = { ready: true } | { id: number; result: unknown } | { id: number; error: string };

export interface WorkerOptions {
  workerId: number;
  databasePath: string;
  log: boolean;
}
