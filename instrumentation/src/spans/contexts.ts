import type { Context, Span } from '@opentelemetry/api';
import { trace } from './otel.ts';

/** Under which a context holds its span. */
export const SPAN_KEY = keyUsedBy((probe) => trace.setSpan(probe, {} as Span));

/**
 * One value over another context. The API's own contexts are a Map and three functions each, and until V8 has optimised the code that
 * makes them, they outlive a scavenge; the young generation of a thread grows by that, and stays as large.
 */
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

/** The span that is active there: the API's `getSpan`, without its detours. */
export function spanIn(context: Context): Span | undefined {
  return context.getValue(SPAN_KEY) as Span | undefined;
}

export function withSpan(parent: Context, span: Span): Context {
  return new Overlay(parent, SPAN_KEY, span);
}

/** The API and the SDK keep their keys to themselves; they show them to a context that they are asked to set a value in. */
export function keyUsedBy(set: (probe: Context) => unknown): symbol {
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
