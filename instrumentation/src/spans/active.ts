import type { Context, ContextManager } from '@opentelemetry/api';
import { ROOT_CONTEXT } from './otel.ts';

let manager: ContextManager | undefined;

/** The thread's context manager, to be asked without the API's look-up in a global object for each question. */
export function contextsAreManagedBy(contexts: ContextManager): void {
  manager = contexts;
}

export function activeContext(): Context {
  return manager === undefined ? ROOT_CONTEXT : manager.active();
}
