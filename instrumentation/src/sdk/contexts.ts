import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Context } from '@opentelemetry/api';

const require = createRequire(import.meta.url);
const { AsyncLocalStorageContextManager } =
  require('@opentelemetry/context-async-hooks') as typeof import('@opentelemetry/context-async-hooks');
const events = require('node:events') as typeof import('node:events');

const CONTEXT = Symbol('onetrace context');
type Emit = EventEmitter['emit'];
type Emitter = EventEmitter & { [CONTEXT]?: Context };

/**
 * Upstream's context manager, cheaper in two places that every request passes. Node copies its table of async contexts whenever one is
 * entered, so what counts is how often that happens.
 */
export class Contexts extends AsyncLocalStorageContextManager {
  /** Active for the synchronous code that runs right now, over what is stored. */
  #section: Context | undefined;
  /** The `emit`s that look for their context in a field. */
  readonly #byField = new Set<unknown>();

  override active(): Context {
    return this.#section ?? super.active();
  }

  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const section = this.#section;
    if (section === undefined) return super.with(context, run, self, ...args);
    this.#section = undefined;
    try {
      return super.with(context, run, self, ...args);
    } finally {
      this.#section = section;
    }
  }

  /**
   * Runs what is known to be synchronous, without entering anything: the context is there for what looks at it meanwhile. Timers and
   * promises that it leaves behind go on in the context around it.
   */
  section<A, B, R>(context: Context, run: (a: A, b: B) => R, a: A, b: B): R {
    const before = this.#section;
    this.#section = context;
    try {
      return run(a, b);
    } finally {
      this.#section = before;
    }
  }

  /**
   * Each request and each response is bound. Upstream wraps every listener and keeps a table of them for
   * each event; listeners hear everything through `emit`.
   */
  override bind<T>(context: Context, target: T): T {
    return target instanceof events.EventEmitter ? this.#bindEmitter(context, target) : super.bind(context, target);
  }

  /**
   * For what is made with every request. All that inherits from `prototype` is bound by a field from now on; others, and what has an
   * `emit` of its own, get a closure each.
   */
  bindByField(prototype: EventEmitter): void {
    const { emit } = prototype;
    const contexts = this;
    prototype.emit = function (this: Emitter, ...args) {
      return contexts.#emit(this[CONTEXT], emit, this, args);
    };
    this.#byField.add(prototype.emit);
  }

  #bindEmitter<T extends Emitter>(context: Context, emitter: T): T {
    const { emit } = emitter;
    // Whoever binds first decides, as upstream; so it does where one closure calls the next.
    if (this.#byField.has(emit)) emitter[CONTEXT] ??= context;
    else {
      const contexts = this;
      emitter.emit = function (this: EventEmitter, ...args) {
        return contexts.#emit(context, emit, this, args);
      };
    }
    return emitter;
  }

  #emit(context: Context | undefined, emit: Emit, emitter: EventEmitter, args: Parameters<Emit>): boolean {
    // Most events of a request have nobody who hears them; `error` then throws.
    if (context === undefined || emitter.listenerCount(args[0]) === 0 || this.active() === context)
      return Reflect.apply(emit, emitter, args);
    return this.with(context, emit as (...args: unknown[]) => boolean, emitter, ...args);
  }
}

/** The one of this thread. */
export const contexts = new Contexts();
