import type { MessagePort } from 'node:worker_threads';
import type { Thread } from './protocol.ts';

/** What is known about the other end of a port. */
export interface Port {
  /** The other end opens envelopes. */
  understands: boolean;
  /** Who is there; unknown for the port to the parent. */
  thread: Thread | undefined;
  /** Ends that stayed here of channels whose other end was sent through this port before its thread said hello. */
  waiting: WeakRef<MessagePort>[];
}

/** Channels sent to a thread that never says hello are not worth remembering without end. */
const MAX_WAITING = 100;

const ports = new WeakMap<MessagePort, Port>();
/** The two ends of each channel made in this thread. */
const otherEnds = new WeakMap<MessagePort, MessagePort>();

/** `undefined`: nothing but plain messages ever went through it. */
export function known(port: MessagePort): Port | undefined {
  return ports.get(port);
}

export function pair(port1: MessagePort, port2: MessagePort): void {
  otherEnds.set(port1, port2);
  otherEnds.set(port2, port1);
}

export function understood(port: MessagePort, thread: Thread | undefined): void {
  const state = remember(port);
  state.understands = true;
  // One object for all channels to the thread: it learns its name when it has said hello already.
  if (state.thread === undefined) state.thread = thread;
  else Object.assign(state.thread, thread);
  for (const waiting of state.waiting.splice(0)) {
    const end = waiting.deref();
    if (end) understood(end, state.thread);
  }
}

/** Its other end has closed, or it has moved to another thread: what is posted into it is no answer that arrives. */
export function forget(port: MessagePort): void {
  const state = ports.get(port);
  if (state !== undefined) state.understands = false;
}

/** A port's other end, if it is in this thread. */
export function otherEndHere(port: MessagePort): MessagePort | undefined {
  return otherEnds.get(port);
}

/** A channel's end goes to the thread behind `via`: what its other end may send depends on who lives there. */
export function sent(transferred: Iterable<unknown>, via: MessagePort): void {
  for (const item of transferred) {
    const end = otherEnds.get(item as MessagePort);
    if (end === undefined) continue;
    otherEnds.delete(item as MessagePort);
    otherEnds.delete(end);
    const state = remember(via);
    if (state.understands) understood(end, state.thread);
    else if (state.waiting.length < MAX_WAITING) state.waiting.push(new WeakRef(end));
  }
}

function remember(port: MessagePort): Port {
  let state = ports.get(port);
  if (state === undefined) {
    state = { understands: false, thread: undefined, waiting: [] };
    ports.set(port, state);
  }
  return state;
}
