import { randomUUID } from 'node:crypto';
import { getEnvironmentData, type MessagePort, setEnvironmentData } from 'node:worker_threads';
import type { Carrier, RemoteSpan } from './remote-span.ts';
import type { Told } from './told.ts';

/**
 * A message between two threads that both run this preload may travel in an envelope, which is opened before the app's listeners see
 * anything. It is an array whose first entry is a key that only this process knows. Who may send one:
 * - a worker to its parent, if the parent's preload left the key in the environment data that workers inherit: it says hello;
 * - anybody into a port whose other end said hello, or was sent to a thread that did;
 * - as an answer, into the port through which an envelope came.
 * Everybody else gets the plain message. What is posted before the hello arrives goes plain.
 */
export type Envelope = [key: string, kind: Kind, value: unknown, header: Hello | Ask | Answer];

/** Numbers: the kind of every message is compared. */
export const HELLO = 0;
export const ASK = 1;
export const ANSWER = 2;
type Kind = typeof HELLO | typeof ASK | typeof ANSWER;

/** The first message of a thread that understands envelopes; a second one, when it has learnt its name. */
export interface Hello {
  thread: Thread;
  /** For spans that no answer takes along. In the first only. */
  control?: MessagePort;
}

export interface Thread {
  id: number;
  name: string;
  /** Path of the script that the thread runs; if it is known, of the source from which that was bundled. */
  file: string;
}

/**
 * For whom the message is. Lists, here and below: each message of the app's has one, and V8 need not post the names of their fields.
 * Where nothing is sampled nobody waits for times, and only the first two are there.
 */
export type Ask = [
  /** Of `worker.run`, for which the asking thread has made an id; not sampled: of the span that asks. */
  carrier: Carrier,
  /** Bits: PROFILE, PORTS. */
  flags: number,
  /** Number among the tasks of the asking thread. */
  id?: number,
  /** Id of the span `worker.task`. */
  taskId?: string,
  /** See epochOfClock(). */
  epoch?: number,
];

/** Function samples of the work are wanted. */
export const PROFILE = 1;
/** The ports that travel with it lead back to the thread that asks. */
export const PORTS = 2;

export type Answer = [
  /** That came with the question. */
  carrier: Carrier,
  /** Of the Ask; 0 for a message that answers none. */
  id?: number,
  /** When the message was picked up and the answer posted, on the shared clock. */
  picked?: number,
  posted?: number,
  /** `worker.run` comes by itself, as there is more to say about it than these two. */
  ownRun?: boolean,
  told?: Told | undefined,
];

/** What goes through a control port. */
export type Report = { told: Told } | { returned: number; at: number; run: RemoteSpan } | { abandoned: number[] };

const ENVIRONMENT = 'onetrace.worker';

/** The key that the parent's preload left here; without one the parent does not understand envelopes. */
export function inheritedKey(): string | undefined {
  const key = getEnvironmentData(ENVIRONMENT);
  return typeof key === 'string' ? key : undefined;
}

/** To be called before any worker starts: environment data is copied when one does. */
export function createKey(): string {
  const key = `onetrace:${randomUUID()}`;
  setEnvironmentData(ENVIRONMENT, key);
  return key;
}

export function isEnvelope(data: unknown, key: string): data is Envelope {
  return Array.isArray(data) && data[0] === key && data.length === 4;
}
