import { createRequire, syncBuiltinESMExports } from 'node:module';
import { type MessageChannel, MessagePort } from 'node:worker_threads';
import type { Context } from '@opentelemetry/api';
import { contexts } from '../spans/context-manager.ts';
import { ROOT_CONTEXT } from '../spans/otel.ts';
import { contextOfPoolTask, rememberPoolTasks } from './pool-tasks.ts';
import { hasOtherEndHere, known, pair, sent, understood } from './ports.ts';
import {
  ANSWER,
  type Answer,
  ASK,
  type Ask,
  type Envelope,
  HELLO,
  type Hello,
  isEnvelope,
  PORTS,
  type Thread,
} from './protocol.ts';
import { active, type Run, type Runs } from './runs.ts';
import { answered, ask, closed, notSent, runOf } from './tasks.ts';
import type { Known, Told } from './told.ts';

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
  key: string;
  /** Only a thread that has a parent works on messages in envelopes. */
  runs?: Runs;
  /** For spans that came along with an answer; `asked` is the run that it answers. */
  emit(told: Told, asked?: Known): void;
  onHello(port: MessagePort, hello: Hello): void;
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
    const transferred = transferredPorts(args[1]);
    const peer = known(this);
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
    const header = ask(port, thread, contextOfPoolTask(args[0]) ?? contexts.active());
    if (header === undefined) return Reflect.apply(post, port, args);
    if (transferred.length > 0 && transferred.every(hasOtherEndHere)) header[1] |= PORTS;
    try {
      return send(post, port, [key, ASK, args[0], header], args);
    } catch (error) {
      notSent(header, error);
      throw error;
    }
  }

  function postAnswer(port: MessagePort, args: unknown[]): unknown {
    const answer = runs?.answer(port) ?? runs?.notice();
    if (answer === undefined) return Reflect.apply(post, port, args);
    try {
      return send(post, port, [key, ANSWER, args[0], answer.header], args);
    } catch (error) {
      runs?.notSent(answer);
      throw error;
    }
  }
}

/** What else the app has passed to `postMessage` stays as it is: that it passed nothing, too. */
function send(post: Post, port: MessagePort, envelope: Envelope, [, ...rest]: unknown[]): unknown {
  return rest.length === 0 ? post.call(port, envelope) : Reflect.apply(post, port, [envelope, ...rest]);
}

function incoming(dispatch: Dispatch, { key, runs, emit, onHello }: Interception): Dispatch {
  const accept = accepting(emit);
  return function (data, type, event) {
    const deliver = (value: unknown) => Reflect.apply(dispatch, this, [value, type, event]) as boolean;
    if (type === 'close') closed(this);
    if (type !== 'message') return deliver(data);
    if (!isEnvelope(data, key))
      // Else it would be heard in the context in which the worker was started: somebody's request, as often as not.
      return known(this)?.thread === undefined ? deliver(data) : contexts.with(ROOT_CONTEXT, deliver, undefined, data);
    const [, kind, value, header] = data;
    if (kind === HELLO) {
      onHello(this, header as Hello);
      return true;
    }
    if (kind === ANSWER) return contexts.with(accept(header as Answer), deliver, undefined, value);
    if (runs === undefined) return deliver(value);
    const { run, at } = pick(runs, this, header as Ask, (this as Port)[RECEIVED_PORTS]);
    const result = contexts.with(at, deliver, undefined, value);
    runs.returned(run);
    return result;
  };
}

type Receive = (port: MessagePort) => { message: unknown } | undefined;

/** A thread that polls has no listener to run in a context: the message's is the thread's own until it is answered and the next poll. */
function polling(receive: Receive, { key, runs, emit, onHello }: Interception): Receive {
  const accept = accepting(emit);
  return function receiveMessageOnPort(port) {
    const current = active();
    if (current?.polled && current.answered) contexts.attach(ROOT_CONTEXT);
    const received = receive(port);
    if (received === undefined || !isEnvelope(received.message, key)) return received;
    const [, kind, value, header] = received.message;
    if (kind === HELLO) {
      onHello(port, header as Hello);
      return receiveMessageOnPort(port);
    }
    if (kind === ANSWER) accept(header as Answer);
    else if (runs !== undefined) {
      const { run, at } = pick(runs, port, header as Ask, []);
      run.polled = true;
      contexts.attach(at);
    }
    received.message = value;
    return received;
  };
}

function accepting(emit: Interception['emit']): (answer: Answer) => Context {
  return (answer) => {
    const told = answer[5];
    if (told !== undefined) emit(told, runOf(answer[1]));
    return answered(answer);
  };
}

/** Whoever sent an envelope opens one; so does the other end of a channel that it made for the answer. */
function pick(runs: Runs, port: MessagePort, header: Ask, received: MessagePort[] = []): { run: Run; at: Context } {
  if (!known(port)?.understands) understood(port, undefined);
  const replyPorts = header[1] & PORTS ? received : NONE;
  for (const replyPort of replyPorts) understood(replyPort, undefined);
  return runs.pick(replyPorts.length === 0 ? [port] : [port, ...replyPorts], header);
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
