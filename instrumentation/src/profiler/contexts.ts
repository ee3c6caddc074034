import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, ContextManager } from '@opentelemetry/api';
import type { Contexts } from '../spans/context-manager.ts';

/** Says whose work it is, to V8's samples; `undefined` for nobody's, `null` for whoever's it was before. */
type HolderOf = (context: Context) => object | undefined | null;

type Enter = (context: Context, run: () => unknown, self: unknown, ...args: never[]) => unknown;

/**
 * Sees to it that whatever runs in a context carries the holder that V8's samples can be told by. Contexts are entered far more often than
 * the work changes hands: only then a second storage is written, beside the one of the context manager.
 *
 * Until the first call the context manager is upstream's own, and costs what it always did.
 */
export class LabelledContexts {
  readonly storage = new AsyncLocalStorage<object | undefined>();
  readonly #manager: ContextManager;
  #holderOf: HolderOf | undefined;

  constructor(manager: ContextManager) {
    this.#manager = manager;
  }

  /** `undefined`: contexts are entered as ever. */
  label(holderOf: HolderOf | undefined): void {
    if (this.#holderOf === undefined && holderOf !== undefined && !Object.hasOwn(this.#manager, 'with'))
      this.#intercept();
    this.#holderOf = holderOf;
  }

  #intercept(): void {
    const manager = this.#manager;
    const { storage } = this;
    const enter = manager.with.bind(manager) as Enter;
    const attach = manager.attach?.bind(manager);
    const holderOf = (context: Context) => (this.#holderOf === undefined ? null : this.#holderOf(context));
    const entering: Enter = (context, run, self, ...args) => {
      const holder = holderOf(context);
      if (holder === null || holder === storage.getStore()) return enter(context, run, self, ...args);
      return storage.run(holder, enter, context, run, self, ...args);
    };
    manager.with = entering as ContextManager['with'];
    this.#interceptSections(manager as Partial<Contexts>, holderOf);
    if (attach === undefined) return;
    manager.attach = (context) => {
      const holder = holderOf(context);
      if (holder !== null) storage.enterWith(holder);
      return attach(context);
    };
  }

  /** A section enters nothing, and with it no holder: where the work changes hands it is entered like all that may be asynchronous. */
  #interceptSections(manager: Partial<Contexts>, holderOf: HolderOf): void {
    const section = manager.section?.bind(manager);
    if (section === undefined) return;
    manager.section = (context, run, a, b) => {
      const holder = holderOf(context);
      if (holder === null || holder === this.storage.getStore()) return section(context, run, a, b);
      return (manager as ContextManager).with(context, run, undefined, a, b);
    };
  }
}
