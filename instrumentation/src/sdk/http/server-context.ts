import type { Context, Span } from '@opentelemetry/api';
import { Overlay, SPAN_KEY } from '../../spans/contexts.ts';
import { core } from '../api.ts';
import { REQUEST_KEY, RPC_KEY } from '../context-keys.ts';

const SELF = Symbol('onetrace server context');

/** What frameworks find in the context of a request, and name its route by. */
export interface Rpc {
  readonly type: 'http';
  readonly span: Span;
  route: string | undefined;
}

/** The context of a request's server span. */
export class ServerContext implements Context {
  readonly span: Span;
  readonly rpc: Rpc;
  /** Whoever records what happens inside of the request leaves it here: nothing has to be entered a second time. */
  recording: unknown;
  readonly #parent: Context;

  /** The nearest one around `context`. */
  static around(context: Context): ServerContext | undefined {
    return context.getValue(SELF) as ServerContext | undefined;
  }

  constructor(parent: Context, span: Span) {
    this.#parent = parent;
    this.span = span;
    this.rpc = { type: core.RPCType.HTTP, span, route: undefined };
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.span;
    if (key === REQUEST_KEY) return this.recording;
    if (key === RPC_KEY) return this.rpc;
    if (key === SELF) return this;
    return this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new Overlay(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return new Overlay(this, key, undefined);
  }
}
