import { createRequire, syncBuiltinESMExports } from 'node:module';
import { type MessageChannel, MessagePort } from 'node:worker_threads';
import type { Context } from '@opentelemetry/api';
import { contexts } from '../spans/context-manager.ts';
import { ROOT_CONTEXT } from '../spans/otel.ts';
import { contextOfPoolTask, rememberPoolTasks } from './pool-tasks.ts';
import { forget, known, otherEndHere, pair, sent, understood } from './ports.ts';
import {
  ANSWER,
  type Answer,
  type Ask,
  type Envelope,
  HELLO,
  type Hello,
  type Introduction,
  isEnvelope,
  kindOf,
  PORTS,
  type Thread,
  TOLD,
} from './protocol.ts';
import { active, type Run, type RunContext } from './run.ts';
import { type Answering, type Runs, withPostable } from './runs.ts';
import { answered, ask, newFrom, notSent, repliesComeTo, runOf } from './tasks.ts';
import type { Known } from './told.ts';

const require = createRequire(import.meta.url);

/**
 * Where Node hands a message (and the end of a port) to JavaScript, before `on`, `onmessage` and `addEventListener` part ways. A Worker
 * object receives through a port like any other. Registered symbols, as Node shares them between contexts.
 */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');
const RECEIVED_PORTS = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts');

type Dispatch = (this: MessagePort, data: unknown, type: string, event: unknown) => boolean;
interface Port extends MessagePort {
  [DISPATCH]: Dispatch;
  [RECEIVED_PORTS]?: MessagePort[];
}
type Post = (this: MessagePort, ...args: unknown[]) => unknown;

export interface Interception {
  key: number;
  /** Only a thread that has a parent works on messages in envelopes. */
  runs?: Runs;
  /** For spans that came along with an answer, from an entry on; `asked` is the run that it answers. */
  emit(answer: readonly unknown[], from: number, asked: Known | undefined): void;
  onHello(port: MessagePort, hello: Introduction): void;
  onClose(port: MessagePort): void;
}

/** Returns false, with nothing touched, in a Node whose ports work in another way. */
export function interceptMessages(interception: Interception): boolean {
  const prototype = MessagePort.prototype as Port;
  if (typeof prototype[DISPATCH] !== 'function') return false;
  prototype.postMessage = outgoing(prototype.postMessage as Post, interception) as Port['postMessage'];
  Object.defineProperty(prototype, DISPATCH, {
    value: incoming(prototype[DISPATCH], interception),
    configurable: true,
    writable: true,
  });
  const threads = require('node:worker_threads') as typeof import('node:worker_threads');
  threads.receiveMessageOnPort = polling(threads.receiveMessageOnPort, interception);
  threads.MessageChannel = pairing(threads.MessageChannel);
  Object.defineProperty(globalThis, 'MessageChannel', {
    ...Object.getOwnPropertyDescriptor(globalThis, 'structuredClone'),
    enumerable: false,
    value: threads.MessageChannel,
  });
  rememberPoolTasks();
  syncBuiltinESMExports();
  return true;
}

/** BroadcastChannel sends through such a port as well, and looks at what it returns. */
function outgoing(post: Post, { key, runs }: Interception): Post {
  return function postMessage(this: MessagePort, ...args) {
    const peer = known(this);
    const transferred = args.length < 2 ? NONE : transferredPorts(args[1]);
    const result =
      // Without an argument Node throws, and says how many it got.
      !peer?.understands || args.length === 0
        ? Reflect.apply(post, this, args)
        : peer.thread === undefined
          ? postAnswer(this, args)
          : postAsk(this, args, transferred, peer.thread);
    if (transferred.length > 0) sent(transferred, this);
    return result;
  };

  function postAsk(port: MessagePort, args: unknown[], transferred: MessagePort[], thread: Thread): unknown {
    const value = args[0];
    const envelope = ask(key, value, port, thread, contextOfPoolTask(value) ?? contexts.active());
    if (envelope === undefined) return Reflect.apply(post, port, args);
    if (transferred.length > 0) offerReplyPorts(envelope, transferred);
    try {
      return send(post, port, envelope, args);
    } catch (error) {
      notSent(envelope, error);
      throw error;
    }
  }

  function offerReplyPorts(envelope: Ask, transferred: MessagePort[]): void {
    const ends = transferred.map(otherEndHere).filter((end) => end !== undefined);
    if (ends.length < transferred.length) return;
    envelope[1] |= PORTS;
    repliesComeTo(envelope, ends);
  }

  function postAnswer(port: MessagePort, args: unknown[]): unknown {
    const answer = runs?.answer(key, args[0], port) ?? runs?.notice(key, args[0]);
    return answer === undefined ? Reflect.apply(post, port, args) : sendAnswer(port, answer, args);
  }

  function sendAnswer(port: MessagePort, answer: Answering, args: unknown[]): unknown {
    try {
      return send(post, port, answer.envelope, args);
    } catch (error) {
      // As a rule it is the app's own value; the app must not hear of what a span holds.
      const lighter = withPostable(answer);
      if (lighter !== undefined) return sendAnswer(port, lighter, args);
      runs?.notSent(answer);
      throw error;
    }
  }
}

/** What else the app has passed to `postMessage` stays as it is: that it passed nothing, too. */
function send(post: Post, port: MessagePort, envelope: Envelope, args: unknown[]): unknown {
  if (args.length === 1) return post.call(port, envelope);
  args[0] = envelope;
  return Reflect.apply(post, port, args);
}

function incoming(dispatch: Dispatch, { key, runs, emit, onHello, onClose }: Interception): Dispatch {
  const accept = accepting(emit);
  const deliver = (port: MessagePort, value: unknown, type: string, event: unknown) =>
    dispatch.call(port, value, type, event);
  return function (data, type, event) {
    if (type === 'close') {
      onClose(this);
      forget(this);
    }
    if (type !== 'message') return deliver(this, data, type, event);
    if (!isEnvelope(data, key))
      // Else it would be heard in the context in which the worker was started: somebody's request, as often as not.
      return known(this)?.thread === undefined
        ? deliver(this, data, type, event)
        : contexts.with(ROOT_CONTEXT, deliver, undefined, this, data, type, event);
    const kind = kindOf(data);
    if (kind === HELLO) {
      onHello(this, (data as Hello)[3]);
      return true;
    }
    const value = data[2];
    if (kind === ANSWER) return contexts.with(accept(data as Answer), deliver, undefined, this, value, type, event);
    if (runs === undefined) return deliver(this, value, type, event);
    const at = pick(runs, this, data as Ask, this as Port);
    const result = contexts.with(at, deliver, undefined, this, value, type, event);
    runs.returned(at.run);
    return result;
  };
}

type Receive = (port: MessagePort) => { message: unknown } | undefined;

/** A thread that polls has no listener to run in a context: the message's is the thread's own until it is answered and the next poll. */
function polling(receive: Receive, { key, runs, emit, onHello }: Interception): Receive {
  const accept = accepting(emit);
  return function receiveMessageOnPort(port) {
    const current = active();
    const again = pollsAgain(port, current, runs);
    const received = receive(port);
    if (received === undefined) return undefined;
    if (!isEnvelope(received.message, key)) {
      if (again) contexts.attach(ROOT_CONTEXT);
      return received;
    }
    const envelope = received.message;
    const kind = kindOf(envelope);
    if (kind === HELLO) {
      onHello(port, (envelope as Hello)[3]);
      return receiveMessageOnPort(port);
    }
    if (kind === ANSWER) accept(envelope as Answer);
    else if (runs !== undefined) {
      const at = pick(runs, port, envelope as Ask);
      if (isAtWork(current) && current.port !== port) runs.returned(at.run);
      else contexts.attach(at);
    }
    received.message = envelope[2];
    return received;
  };
}

/** As a listener that returns: the message before may have been one that needs no answer. True if it came through the same port. */
function pollsAgain(port: MessagePort, current: Run | undefined, runs: Runs | undefined): boolean {
  if (!current?.polled) return false;
  const again = current.port === port;
  if (current.answered) contexts.attach(ROOT_CONTEXT);
  else if (again) runs?.returned(current);
  return again;
}

/** What a listener looks for at another port meanwhile is part of its own work. */
function isAtWork(current: Run | undefined): current is Run {
  return current !== undefined && !current.polled && !current.answered;
}

function accepting(emit: Interception['emit']): (answer: Answer) => Context {
  return (answer) => {
    if (answer.length > TOLD) emit(answer, newFrom(answer), runOf(answer));
    return answered(answer);
  };
}

/**
 * Whoever sent an envelope opens one; so does the other end of a channel that it made for the answer.
 * @param receiver to which Node has tied the ports that came along; `undefined` where somebody polls
 */
function pick(runs: Runs, port: MessagePort, envelope: Ask, receiver?: Port): RunContext {
  if (!known(port)?.understands) understood(port, undefined);
  if ((envelope[1] & PORTS) === 0) return runs.pick(port, NONE, envelope, receiver === undefined);
  const replyPorts = receiver?.[RECEIVED_PORTS] ?? NONE;
  for (const replyPort of replyPorts) understood(replyPort, undefined);
  return runs.pick(port, replyPorts, envelope, receiver === undefined);
}

/** A proxy, so that the class stays what it is to `instanceof`, `name` and whoever extends it. */
function pairing(channelClass: typeof MessageChannel): typeof MessageChannel {
  return new Proxy(channelClass, {
    construct(target, args, newTarget) {
      const channel = Reflect.construct(target, args, newTarget) as MessageChannel;
      pair(channel.port1, channel.port2);
      return channel;
    },
  });
}

function transferredPorts(list: unknown): MessagePort[] {
  if (list === undefined || list === null) return NONE;
  const items = Array.isArray(list) ? list : (list as { transfer?: unknown }).transfer;
  return Array.isArray(items) ? items.filter((item) => item instanceof MessagePort) : NONE;
}

const NONE: MessagePort[] = [];
