import type { Context, Span } from '@opentelemetry/api';
import { api, core } from './api.ts';

/** Under which a context holds its span. */
export const SPAN_KEY = keyUsedBy((probe) => api.trace.setSpan(probe, {} as Span));
/** Under which it holds what frameworks may tell about the request. */
export const RPC_KEY = keyUsedBy((probe) => core.setRPCMetadata(probe, {} as never));
/** Under which it holds the recording of what happens inside of the request. */
export const REQUEST_KEY = api.createContextKey('onetrace request');

/** One value over another context. The API's own contexts copy a Map for every value that is set. */
export class Overlay implements Context {
  readonly #parent: Context;
  readonly #key: symbol;
  readonly #value: unknown;

  constructor(parent: Context, key: symbol, value: unknown) {
    this.#parent = parent;
    this.#key = key;
    this.#value = value;
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new Overlay(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return new Overlay(this, key, undefined);
  }
}

/** The API and the SDK keep their keys to themselves; they show them to a context that they are asked to set a value in. */
function keyUsedBy(set: (probe: Context) => unknown): symbol {
  let seen: symbol | undefined;
  const probe: Context = {
    getValue: () => undefined,
    setValue: (key) => {
      seen = key;
      return probe;
    },
    deleteValue: () => probe,
  };
  set(probe);
  return seen ?? Symbol('unknown to this version of OpenTelemetry');
}
