import type { Context } from '@opentelemetry/api';
import { createContextKey } from '../spans/otel.ts';
import type { Profiler } from './profiler.ts';

/** In a worker: the thread that asks wants to know what the time of its answer went for. */
const PROFILED = createContextKey('onetrace profiled');

let current: Profiler | undefined;

/** The profiler of this thread, if it has one; loaded only where its mode is not `off`. */
export function setProfiler(profiler: Profiler): void {
  current = profiler;
}

/** Whether what runs in this context belongs to a request that is to be profiled. */
export function isProfiled(context: Context): boolean {
  return current?.isWanted(context) ?? false;
}

export function askForProfile(context: Context): Context {
  return context.setValue(PROFILED, true);
}

export function isAskedForProfile(context: Context): boolean {
  return context.getValue(PROFILED) === true;
}
