import { getEnvironmentData, type MessagePort, setEnvironmentData } from 'node:worker_threads';
import type { Carrier, RemoteSpan } from './remote-span.ts';
import type { Told } from './told.ts';

/**
 * A message between two threads that both run this preload may travel in an envelope, which is opened before the app's listeners see
 * anything. It is a list whose first entry is a key that only this process knows. Who may send one:
 * - a worker to its parent, if the parent's preload left the key in the environment data that workers inherit: it says hello;
 * - anybody into a port whose other end said hello, or was sent to a thread that did;
 * - as an answer, into the port through which an envelope came.
 * Everybody else gets the plain message. What is posted before the hello arrives goes plain.
 *
 * One flat list, few texts in it: V8 takes as long for a list within a list as for a short message, and each of the app's has this.
 */
export type Envelope = Hello | Ask | Answer;

/** What the second entry says, in its lowest bits: the kind of every message is compared. */
export const HELLO = 0;
export const ASK = 1;
export const ANSWER = 2;
const KIND = 3;
/** Bit of an Ask: function samples of the work are wanted. */
export const PROFILE = 4;
/** Bit of an Ask: the ports that travel with it lead back to the thread that asks. */
export const PORTS = 8;
/** Bit of an Answer: `worker.run` comes by itself, as there is more to say about it than when it began and ended. */
export const OWN_RUN = 16;

/** Bit of an Answer: the run is the first that it tells, and the asking thread was given it before, as one that is not answered. */
export const LATE = 32;

/** The first message of a thread that understands envelopes; a second one, when it has learnt its name. */
export type Hello = [key: number, bits: number, value: undefined, header: Introduction];

export interface Introduction {
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

/** The app's value, and for whom it is. Where nothing is sampled nobody waits for times, and the carrier is all. */
export type Ask = [
  key: number,
  bits: number,
  value: unknown,
  /** Of `worker.run`, for which the asking thread has made an id; not sampled: of the span that asks. */
  carrier: Carrier,
  /** Number among the tasks of the asking thread. */
  id?: number,
  /** See epochOfClock(). */
  epoch?: number,
];

/** The app's value, and what became of the question. Where nothing is sampled, the carrier is all. */
export type Answer = [
  key: number,
  bits: number,
  value: unknown,
  /** That came with the question. Empty where the asking thread is sure to know it by the number. */
  carrier: Carrier | '',
  /** Of the Ask; 0 for a message that answers none. */
  id?: number,
  /** When the message was picked up and the answer posted, on the shared clock. */
  picked?: number,
  posted?: number,
  /** Spans that it takes along: from TOLD to the end. */
  ...told: Told,
];

export const TOLD = 7;

/** What goes through a control port. */
export type Report = { told: Told } | { returned: number; at: number; run: RemoteSpan } | { abandoned: number[] };

/** With the protocol's version: two versions of this package in one process do not understand each other, and each finds no key. */
const ENVIRONMENT = 'onetrace.worker.2';

/** The key that the parent's preload left here; without one the parent does not understand envelopes. */
export function inheritedKey(): number | undefined {
  const key = getEnvironmentData(ENVIRONMENT);
  return typeof key === 'number' ? key : undefined;
}

/** To be called before any worker starts: environment data is copied when one does. */
export function createKey(): number {
  const key = randomKey();
  setEnvironmentData(ENVIRONMENT, key);
  return key;
}

/**
 * A message may hold what a client has sent, so nobody may guess the key: it never leaves the process, and does not come from
 * Math.random(), whose next numbers follow from those that span ids show. 53 bits are what a number has; comparing and posting
 * one takes a fraction of what a text takes. The global loads its module when it is used: workers, which inherit a key, need none.
 */
function randomKey(): number {
  const { buffer } = globalThis.crypto.getRandomValues(new Uint8Array(8));
  return Number(new DataView(buffer).getBigUint64(0) >> 11n);
}

export function isEnvelope(data: unknown, key: number): data is Envelope {
  return Array.isArray(data) && data[0] === key && data.length > 3;
}

export function kindOf(envelope: Envelope): number {
  return envelope[1] & KIND;
}

/**
 * The id of a task's span, given that of its run, and the other way round: they differ in the first bit, so that one of them travels. Both are
 * as random as the first was.
 */
export function partnerOf(spanId: string): string {
  return PARTNERS.charAt(Number.parseInt(spanId.charAt(0), 16)) + spanId.slice(1);
}

const PARTNERS = '89abcdef01234567';
