import type { Context, Span } from '@opentelemetry/api';
import { api } from '../api.ts';
import type { Recorder } from './recorder.ts';

export const REQUEST_KEY = api.createContextKey('onetrace request');
const SPAN_KEY = spanKey();

/**
 * A context in which a span of ours is active. The API's own contexts copy a Map for every value that is set; this one is three
 * fields, and a page makes one for each component.
 */
export class SpanLayer implements Context {
  readonly #parent: Context;
  readonly #span: Span & { request: Recorder };

  constructor(parent: Context, span: Span & { request: Recorder }) {
    this.#parent = parent;
    this.#span = span;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.#span;
    if (key === REQUEST_KEY) return this.#span.request;
    return this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new Overlay(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return new Overlay(this, key, undefined);
  }
}

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

/** The API keeps the key under which a context holds its span to itself; it shows it to a context that it is asked to set one in. */
function spanKey(): symbol {
  let seen: symbol | undefined;
  const probe = {
    getValue: () => undefined,
    setValue: (key: symbol) => {
      seen = key;
      return probe;
    },
    deleteValue: () => probe,
  };
  api.trace.setSpan(probe, {} as Span);
  return seen ?? api.createContextKey('OpenTelemetry Context Key SPAN');
}
