import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, ContextManager } from '@opentelemetry/api';
import { api } from '../sdk/api.ts';

/** Where the profiler finds, at any moment, whose work the thread does: the async storage that OpenTelemetry keeps its context in. */
export function storageOf(manager: ContextManager): AsyncLocalStorage<unknown> | undefined {
  return (manager as { _asyncLocalStorage?: AsyncLocalStorage<unknown> })._asyncLocalStorage;
}

const CONTEXT = Symbol('onetrace context');
type Holder = { [CONTEXT]?: Context };

/**
 * Lets contexts be entered with a holder around them that V8's samples can be told by, for as long as `holderOf` gives one. In one storage
 * instead of a second beside it: entering a context copies all that is stored, for each storage once more.
 *
 * Until the first call the context manager is upstream's own, and costs what it always did.
 */
export class LabelledContexts {
  readonly #manager: ContextManager;
  readonly #storage: AsyncLocalStorage<unknown>;
  readonly #holders = new WeakMap<Context, Holder>();
  #holderOf: ((context: Context) => object | undefined) | undefined;

  constructor(manager: ContextManager, storage: AsyncLocalStorage<unknown>) {
    this.#manager = manager;
    this.#storage = storage;
  }

  /** `undefined`: contexts are entered bare again; those that were entered with a holder keep it. */
  label(holderOf: ((context: Context) => object | undefined) | undefined): void {
    if (this.#holderOf === undefined && holderOf !== undefined) this.#intercept();
    this.#holderOf = holderOf;
  }

  #wrapped(context: Context): Context {
    let holder = this.#holders.get(context);
    if (holder === undefined) {
      holder = this.#holderOf?.(context) as Holder | undefined;
      if (holder === undefined) return context;
      holder[CONTEXT] = context;
      this.#holders.set(context, holder);
    }
    return holder as Context;
  }

  #intercept(): void {
    const manager = this.#manager;
    const storage = this.#storage;
    if (Object.hasOwn(manager, 'with')) return;
    const attach = manager.attach?.bind(manager);
    const entered = (context: Context) => (this.#holderOf === undefined ? context : this.#wrapped(context));
    manager.with = (context, run, self, ...args) =>
      storage.run(entered(context), self == null ? run : run.bind(self), ...args);
    manager.active = () => {
      const stored = storage.getStore() as (Context & Holder) | undefined;
      return stored === undefined ? api.ROOT_CONTEXT : (stored[CONTEXT] ?? stored);
    };
    if (attach !== undefined) manager.attach = (context) => attach(entered(context));
  }
}
