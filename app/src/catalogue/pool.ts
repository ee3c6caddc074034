import { Worker } from 'node:worker_threads';
import type { Query, WorkerMessage, WorkerOptions } from './protocol.ts';

export interface PoolOptions {
  workerUrl: URL;
  databasePath: string;
  /** how many threads; queries go round robin */
  size: number;
  /** print a line per query in both threads */
  log: boolean;
}

type QueryTable = Record<string, (params: never) => unknown>;

export interface Pool<Q extends QueryTable> {
  query<K extends keyof Q & string>(name: K, ...params: Parameters<Q[K]>): Promise<ReturnType<Q[K]>>;
  close(): Promise<void>;
}

/**
 * A fixed number of database threads. Each has ONE `message` listener, registered when it starts, and a map from query id to
 * the promise that waits for it. A worker that dies rejects what it was asked and is replaced.
 */
export function createPool<Q extends QueryTable>(options: PoolOptions): Pool<Q> {
  const slots: Slot[] = Array.from({ length: options.size }, (_, workerId) => startSlot(workerId, options));
  let nextSlot = 0;
  let lastId = 0;
  let closed = false;

  return {
    async query(name, ...[params]) {
      if (closed) throw new Error(`icon pool is closed, cannot run ${name}`);
      const index = nextSlot++ % slots.length;
      const slot = liveSlot(slots, index, options);
      await slot.ready;
      return dispatch(slot, { id: ++lastId, name, params }, options.log) as Promise<never>;
    },

    async close() {
      closed = true;
      await Promise.all(slots.map((slot) => slot.worker.terminate()));
    },
  };
}

interface Slot {
  workerId: number;
  worker: Worker;
  pending: Map<number, Pending>;
  ready: Promise<void>;
  /** why the thread is gone */
  death: Error | null;
}

interface Pending {
  name: string;
  started: number;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

function startSlot(workerId: number, { workerUrl, databasePath, log }: PoolOptions): Slot {
  const workerData: WorkerOptions = { workerId, databasePath, log };
  const worker = new Worker(workerUrl, { workerData, name: `icon-pool-${workerId}` });
  const ready = Promise.withResolvers<void>();
  // Whoever waits for the worker sees the failure; when nobody does, the exit has been reported already.
  ready.promise.catch(() => {});
  const slot: Slot = { workerId, worker, pending: new Map(), ready: ready.promise, death: null };
  let cause: unknown;

  worker.on('message', (message: WorkerMessage) => {
    if ('ready' in message) ready.resolve();
    else settle(slot, message, log);
  });
  worker.on('error', (error) => {
    cause = error;
  });
  worker.on('exit', (code) => {
    // Astro logs an error without its cause, so the reason goes into the message.
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    slot.death = new Error(`icon pool: worker ${workerId} exited with code ${code}${reason}`, { cause });
    ready.reject(slot.death);
    for (const { reject } of slot.pending.values()) reject(slot.death);
    slot.pending.clear();
  });
  return slot;
}

/**
 * The replacement starts with the next query for the slot, not at the moment of death: a worker that cannot start at all (no
 * database) would otherwise be started in an endless loop.
 */
function liveSlot(slots: Slot[], index: number, options: PoolOptions): Slot {
  const slot = slots[index];
  if (slot && !slot.death) return slot;
  if (slot) console.error(`${slot.death?.message}, replacing it`);
  const replacement = startSlot(index, options);
  slots[index] = replacement;
  return replacement;
}

function dispatch(slot: Slot, query: Query, log: boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (slot.death) return reject(slot.death);
    slot.pending.set(query.id, { name: query.name, started: Date.now(), resolve, reject });
    slot.worker.postMessage(query);
    if (log) console.log(`[icon-pool] main: query ${query.id} ${query.name} dispatched to worker ${slot.workerId}`);
  });
}

function settle(slot: Slot, message: Exclude<WorkerMessage, { ready: true }>, log: boolean): void {
  const pending = slot.pending.get(message.id);
  if (!pending) return;
  slot.pending.delete(message.id);
  if (log) {
    const elapsed = Date.now() - pending.started;
    console.log(`[icon-pool] main: query ${message.id} ${pending.name} result received after ${elapsed} ms`);
  }
  if ('error' in message) pending.reject(new Error(message.error));
  else pending.resolve(message.result);
}
