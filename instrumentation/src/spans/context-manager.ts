import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Context, ContextManager } from '@opentelemetry/api';
import { ROOT_CONTEXT } from './otel.ts';

const require = createRequire(import.meta.url);
const { EventEmitter: Emitter } = require('node:events') as typeof import('node:events');

type Attached = ReturnType<NonNullable<ContextManager['attach']>>;

/**
 * A context manager as upstream's, without the detours: every request enters a dozen contexts and asks a hundred times which one is
 * active. Node copies its table of async contexts whenever one is entered, so what counts is how often that happens.
 */
export class Contexts implements ContextManager {
  readonly #stored = new AsyncLocalStorage<Context>();
  /** Active for the synchronous code that runs right now, over what is stored. */
  #section: Context | undefined;

  active(): Context {
    return this.#section ?? this.#stored.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const section = this.#section;
    if (section === undefined) return this.#stored.run(context, Reflect.apply, run, self, args) as ReturnType<F>;
    this.#section = undefined;
    try {
      return this.#stored.run(context, Reflect.apply, run, self, args) as ReturnType<F>;
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

  bind<T>(context: Context, target: T): T {
    if (target instanceof Emitter) return this.#bindEmitter(context, target);
    return typeof target === 'function' ? this.#bindFunction(context, target) : target;
  }

  /** For the rest of the synchronous code that runs now, and what it starts. */
  attach(context: Context): Attached {
    const before = this.#stored.getStore();
    let attached = true;
    this.#stored.enterWith(context);
    return {
      dispose: () => {
        if (attached) this.#stored.enterWith(before as Context);
        attached = false;
      },
    };
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#stored.disable();
    return this;
  }

  #bindFunction<T extends object>(context: Context, target: T): T {
    const contexts = this;
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return contexts.with(context, () => Reflect.apply(target as never, this, args));
    };
    return Object.defineProperty(bound, 'length', { value: (target as unknown as { length: number }).length }) as never;
  }

  /**
   * Each request and each response is bound. Upstream wraps every listener and keeps a table of them for each event; listeners hear
   * everything through `emit`. One `emit` on the prototypes that looks for the context in a field would save 0.1 µs a request.
   */
  #bindEmitter<T extends EventEmitter>(context: Context, emitter: T): T {
    const { emit } = emitter;
    const contexts = this;
    emitter.emit = function (this: EventEmitter, ...args) {
      const [event] = args;
      // Most events of a request have nobody who hears them; `error` then throws.
      if (this.listenerCount(event) === 0 || contexts.active() === context) return Reflect.apply(emit, this, args);
      return contexts.with(context, () => Reflect.apply(emit, this, args) as boolean);
    };
    return emitter;
  }
}

/** The one of this thread. */
export const contexts = new Contexts();
