import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, test, vi } from 'vitest';
import { contexts } from '../spans/context-manager.ts';
import { withSpan } from '../spans/contexts.ts';
import { context, ROOT_CONTEXT, trace } from '../spans/otel.ts';
import { contextOfPoolTask, rememberPoolTasks } from './pool-tasks.ts';

const hooks = createRequire(import.meta.url)('node:async_hooks') as typeof import('node:async_hooks');
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

beforeAll(() => {
  context.setGlobalContextManager(contexts);
  rememberPoolTasks();
});

function request() {
  const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });
  return withSpan(ROOT_CONTEXT, span);
}

/** As Piscina makes one. */
function task(taskId: number) {
  const resource = new hooks.AsyncResource('Piscina.Task');
  return Object.assign(resource, { taskId, filename: '/srv/square.mjs' });
}

test('a task that waited for a worker belongs to the request that queued it', () => {
  const [one, two] = [request(), request()];
  const queued = [contexts.with(one, task, undefined, 1), contexts.with(two, task, undefined, 2)];
  const message = (taskId: number) => contextOfPoolTask({ taskId, filename: '/srv/square.mjs' });
  expect([message(2), message(1), message(1)]).toEqual([two, one, undefined]);
  expect(queued).toHaveLength(2);
});

test('a task that nobody ever looks for, as its worker is without the preload, keeps no request', async () => {
  const requests = Array.from({ length: 100 }, (_, n) => {
    const at = request();
    contexts.with(at, task, undefined, n);
    return new WeakRef(at);
  });
  await vi.waitFor(async () => {
    await setImmediate();
    collectGarbage();
    expect(requests.filter((at) => at.deref() !== undefined)).toEqual([]);
  });
});
