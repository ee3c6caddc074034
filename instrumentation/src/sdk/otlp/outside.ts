import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs something as if nobody's request had led to it: timers and connections would hold on to the contexts of the one that made them. */
export const outside = AsyncLocalStorage.snapshot();
