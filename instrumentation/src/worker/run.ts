import type { MessagePort } from 'node:worker_threads';
import type { Context, Span } from '@opentelemetry/api';
import { contexts } from '../spans/context-manager.ts';
import { Overlay, SPAN_KEY } from '../spans/contexts.ts';
import { createContextKey } from '../spans/otel.ts';
import type { Carrier } from './remote-span.ts';
import type { RunSpan } from './run-span.ts';

/** What a worker does for one message. */
export interface Run {
  /** Through which it came, and an answer may go. */
  port: MessagePort;
  /** Others through which an answer may go. */
  replyPorts: readonly MessagePort[];
  carrier: Carrier;
  /** 0 where nobody waits for times. */
  id: number;
  /** On the shared clock; 0 where nobody waits for it. */
  picked: number;
  /** Of a sampled trace. */
  span: RunSpan | undefined;
  profiled: boolean;
  answered: boolean;
  /** When the listener returned without having answered. */
  returned: number | undefined;
  /** The asking thread may have closed the task without an answer. */
  dismissed: boolean;
  /** It was given its span as well. */
  reported: boolean;
  /** Its span is exported from here. */
  own: boolean;
  /** It came by receiveMessageOnPort. */
  polled: boolean;
}

const RUN_KEY = createContextKey('onetrace worker run');

/** Of what is done for one message. */
export class RunContext implements Context {
  readonly run: Run;
  readonly #span: Span;

  constructor(run: Run, span: Span) {
    this.run = run;
    this.#span = span;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.#span;
    return key === RUN_KEY ? this.run : undefined;
  }

  setValue(key: symbol, value: unknown): Context {
    return new Overlay(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return new Overlay(this, key, undefined);
  }
}

export function active(): Run | undefined {
  return runIn(contexts.active());
}

export function runIn(at: Context): Run | undefined {
  return at.getValue(RUN_KEY) as Run | undefined;
}
