import type { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const require = createRequire(import.meta.url);

/** A function on a stack, below its caller; the leaf of a sample holds the moments at which it was found. Readable while it is drained. */
export interface RawNode {
  name: string;
  scriptName: string;
  /** From 1; 0 where there is no source. */
  lineNumber: number;
  columnNumber: number;
  children: RawNode[];
  contexts: { timestamp: bigint; context?: object }[];
}

/** As much as is used of what @datadog/pprof builds its own API on. */
interface TimeProfiler {
  start(): void;
  stop(restart: boolean): unknown;
  stopAndCollect<T>(restart: boolean, build: (profile: { topDownRoot: RawNode }) => T): T;
  createContextHolder(label: object): object;
  v8ProfilerStuckEventLoopDetected(): number;
}

/** Samples that nobody takes away are dropped after twice this time. */
export const DRAIN_EVERY_MS = 10_000;

/**
 * V8's sampling profiler of this thread. Below the public API of @datadog/pprof, which turns every sample into pprof, knows a function's
 * time but not its callers', and leaves out what the thread did besides JavaScript.
 *
 * One object for the life of the thread: labels that it has handed out stay in async contexts after it was stopped, and V8's thread reads
 * them.
 */
export class Engine {
  readonly #profiler: TimeProfiler;
  running = false;

  /** @throws an Error that says why there is none on this platform. */
  constructor(labels: AsyncLocalStorage<unknown>, intervalUs: number) {
    this.#profiler = createProfiler(labels, intervalUs);
    // A signal that arrives while Node shuts down may crash it.
    process.once('exit', () => this.stop());
  }

  /** Takes the event loop for long: V8 writes down all code that it has compiled so far. */
  start(): void {
    if (this.running) return;
    this.#profiler.start();
    this.running = true;
  }

  stop(): void {
    if (!this.running) return;
    this.running = false;
    this.#profiler.stopAndCollect(false, () => undefined);
  }

  /** Hands over all samples since the last time, by their stacks, and goes on. */
  drain<T>(take: (root: RawNode) => T): T {
    const taken = this.#profiler.stopAndCollect(true, (profile) => take(profile.topDownRoot));
    // A bug of V8's: its thread turns round and round, and there are no samples any more.
    if (this.#profiler.v8ProfilerStuckEventLoopDetected() > 1) {
      this.#profiler.stop(false);
      this.#profiler.start();
    }
    return taken;
  }

  /** What an async context has to carry for its samples to say `label`. */
  holder(label: object): object {
    return this.#profiler.createContextHolder(label);
  }
}

function createProfiler(labels: AsyncLocalStorage<unknown>, intervalUs: number): TimeProfiler {
  if (process.versions.bun !== undefined) throw new Error('Bun has no V8 profiler');
  if (process.platform === 'win32') throw new Error('it needs signals, which Windows does not have');
  const { isAsyncContextFrameActive } = require('@datadog/pprof/out/src/async-context-frame.js') as {
    isAsyncContextFrameActive(): boolean;
  };
  const { TimeProfiler } = require('@datadog/pprof/out/src/time-profiler-bindings.js') as {
    TimeProfiler: new (options: object) => TimeProfiler;
  };
  if (!isAsyncContextFrameActive())
    throw new Error('it needs AsyncContextFrame: Node 24, or Node 22.7 with --experimental-async-context-frame');
  return new TimeProfiler({
    intervalMicros: intervalUs,
    // How many samples there is room for.
    durationMillis: DRAIN_EVERY_MS,
    lineNumbers: false,
    withContexts: true,
    workaroundV8Bug: true,
    collectCpuTime: false,
    collectAsyncId: false,
    useCPED: true,
    CPEDKey: labels,
    isMainThread,
  });
}
