import { createRequire } from 'node:module';
import type { Context } from '@opentelemetry/api';
import { context } from '../spans/otel.ts';

const require = createRequire(import.meta.url);

/** How Piscina and tinypool call their queued tasks, which are AsyncResources. */
const TASK_TYPE = /^(?:Piscina|Tinypool)\.Task$/;

interface PoolTask {
  taskId?: unknown;
  filename?: unknown;
}

/** In the order in which they were queued; weak, as a task that is aborted in the queue is never posted. */
const queued = new Map<WeakRef<object>, Context>();
/** Nor is one ever looked for whose worker does not open envelopes. */
const forgotten = new FinalizationRegistry((task: WeakRef<object>) => queued.delete(task));

/**
 * These pools post a task when a worker becomes free: in the context of whatever that worker answered last. The context in which the
 * task was created is the one it belongs to.
 */
export function rememberPoolTasks(): void {
  const hooks = require('node:async_hooks') as { AsyncResource: typeof import('node:async_hooks').AsyncResource };
  hooks.AsyncResource = new Proxy(hooks.AsyncResource, {
    construct(target, args, newTarget) {
      const resource = Reflect.construct(target, args, newTarget);
      if (typeof args[0] === 'string' && TASK_TYPE.test(args[0])) remember(resource);
      return resource;
    },
  });
}

function remember(task: object): void {
  const reference = new WeakRef(task);
  queued.set(reference, context.active());
  forgotten.register(task, reference);
}

/** The context of the pool's task that a message carries, `undefined` for any other message. */
export function contextOfPoolTask(message: unknown): Context | undefined {
  if (queued.size === 0 || typeof message !== 'object' || message === null) return undefined;
  const { taskId, filename } = message as PoolTask;
  if (typeof taskId !== 'number') return undefined;
  for (const [reference, created] of queued) {
    const task = reference.deref() as PoolTask | undefined;
    if (task !== undefined && (task.taskId !== taskId || task.filename !== filename)) continue;
    queued.delete(reference);
    if (task !== undefined) return created;
  }
  return undefined;
}
