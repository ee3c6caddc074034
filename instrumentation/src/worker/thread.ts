import { createRequire } from 'node:module';
import * as threads from 'node:worker_threads';
import { readProfileSettings } from '../profiler/settings.ts';
import { traceSqlite } from '../sqlite/sqlite.ts';
import { interceptMessages } from './messages.ts';
import { Outbox } from './outbox.ts';
import { meet } from './parent.ts';
import { understood } from './ports.ts';
import { HELLO, type Hello, type Report } from './protocol.ts';
import { Runs } from './runs.ts';
import { rootSampler } from './sampler.ts';

const require = createRequire(import.meta.url);

/** What Node calls a worker that its creator has not named. */
const NO_NAME = 'WorkerThread';

/**
 * What a worker needs to make spans: a tracer, a context manager and an outbox, and nothing of what only the thread that exports
 * needs. The key says that the parent thread understands.
 */
export async function startInWorker(key: string): Promise<void> {
  // Older Nodes do not know the name.
  const { parentPort, threadId, threadName } = threads;
  if (parentPort === null) return;
  const { port1: control, port2 } = new MessageChannel();
  const report = (message: Report) => control.postMessage(message);
  const outbox = new Outbox((spans) => report({ spans }));
  await startTracer(outbox);

  const runs = new Runs(outbox, report);
  const post = parentPort.postMessage.bind(parentPort);
  const emit = outbox.add.bind(outbox);
  if (!interceptMessages({ key, runs, emit, onHello: meet(emit) })) return;
  understood(parentPort, undefined);
  traceSqlite();
  process.once('exit', () => {
    const abandoned = runs.abandon();
    outbox.flush();
    report({ abandoned });
  });

  const name = threadName === NO_NAME ? '' : (threadName ?? '');
  const hello: Hello = { thread: { id: threadId, name, file: process.argv[1] ?? '' }, control: port2 };
  post([key, HELLO, undefined, hello], [port2]);
}

async function startTracer(outbox: Outbox): Promise<void> {
  const { context, propagation, trace } = require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } =
    require('@opentelemetry/context-async-hooks') as typeof import('@opentelemetry/context-async-hooks');
  const { W3CTraceContextPropagator } = require('@opentelemetry/core') as typeof import('@opentelemetry/core');
  const sdk = require('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');

  const contexts = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(contexts);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const sampler = new sdk.ParentBasedSampler({ root: rootSampler(process.env, sdk) });
  // The main thread has told about values that make no sense.
  const profile = readProfileSettings(process.env, () => undefined);
  const spanProcessors =
    profile.mode === 'off'
      ? [outbox]
      : (await import('../profiler/worker-thread.ts')).profileWorker(profile, contexts, outbox);
  trace.setGlobalTracerProvider(new sdk.TracerProvider({ sampler, spanProcessors }));
}
