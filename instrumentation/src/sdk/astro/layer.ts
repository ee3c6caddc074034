import type { Context, Span } from '@opentelemetry/api';
import { Overlay, SPAN_KEY } from '../../spans/contexts.ts';
import { REQUEST_KEY } from '../context-keys.ts';
import type { Recorder } from './recorder.ts';

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
