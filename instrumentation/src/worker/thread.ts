import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import * as threads from 'node:worker_threads';
import { offer } from '../api/offers.ts';
import { readProfileSettings } from '../profiler/settings.ts';
import { acceptSpans } from '../sdk/tracing.ts';
import { contexts } from '../spans/context-manager.ts';
import { limitSpans, readSpanLimits } from '../spans/limits.ts';
import { context, propagation, trace } from '../spans/otel.ts';
import { finishedSpansGoTo } from '../spans/sink.ts';
import { statementsGoTo } from '../sqlite/span.ts';
import { traceSqlite } from '../sqlite/sqlite.ts';
import { latePropagator, lateTracerProvider } from './late.ts';
import { interceptMessages } from './messages.ts';
import { Outbox } from './outbox.ts';
import { traceOutgoing } from './outgoing.ts';
import { meet } from './parent.ts';
import { understood } from './ports.ts';
import { HELLO, type Introduction, type Report, type Thread } from './protocol.ts';
import { runIn } from './run.ts';
import { type Profile, Runs } from './runs.ts';
import { rootSampler } from './sampler.ts';

const require = createRequire(import.meta.url);

/** What Node calls a worker that its creator has not named. */
const NO_NAME = 'WorkerThread';

/**
 * What a worker needs to make spans: a context manager, an outbox, and a tracer for others, and nothing of what only the thread that
 * exports needs. The key says that the parent thread understands.
 */
export async function startInWorker(key: number): Promise<void> {
  // Older Nodes do not know the name.
  const { parentPort, threadId, threadName } = threads;
  if (parentPort === null) return;
  limitSpans(readSpanLimits(process.env));
  const { port1: control, port2 } = new MessageChannel();
  const report = (message: Report) => control.postMessage(message);
  const outbox = new Outbox((told) => report({ told }));
  const profile = await startTracer(outbox);
  // The resource is the process's: the parent knows it.
  finishedSpansGoTo({ resource: { attributes: {} } as never, onEnd: (span) => outbox.onEnd(span) });
  statementsGoTo((...statement) => outbox.statement(...statement));

  const runs = new Runs(outbox, report, parentPort, profile);
  const post = parentPort.postMessage.bind(parentPort);
  const emit = outbox.add.bind(outbox);
  if (!interceptMessages({ key, runs, emit, ...meet(emit) })) return;
  understood(parentPort, undefined);
  acceptSpans((at) => runIn(at)?.span);
  traceSqlite();
  traceOutgoing(process.env);
  process.once('exit', () => {
    const abandoned = runs.abandon();
    outbox.flush();
    report({ abandoned });
  });

  const name = threadName === NO_NAME ? '' : (threadName ?? '');
  const thread: Thread = { id: threadId, name, file: process.argv[1] ?? '' };
  const hello = (header: Introduction, ports: MessagePort[] = []) => post([key, HELLO, undefined, header], ports);
  hello({ thread, control: port2 }, [port2]);
  // The first line of the app's own script, if the integration has bundled it: before anything that this posts.
  onSource((file) => hello({ thread: { ...thread, file } }));
}

/** Calls back if the thread's script says from which file it was bundled; other bundled files may be loaded as well. */
function onSource(use: (file: string) => void): void {
  offer('thread', (file: string, bundled: string) => {
    if (bundled === pathToFileURL(process.argv[1] ?? '').href) use(file);
  });
}

async function startTracer(outbox: Outbox): Promise<Profile> {
  // The main thread has told about values that make no sense.
  const profile = readProfileSettings(process.env, () => undefined);
  const { watchers, exporter } =
    profile.mode === 'off'
      ? { watchers: [], exporter: outbox }
      : (await import('../profiler/worker-thread.ts')).profileWorker(profile, contexts, outbox);

  context.setGlobalContextManager(contexts);
  propagation.setGlobalPropagator(
    latePropagator(['traceparent', 'tracestate'], () => {
      const { W3CTraceContextPropagator } = require('@opentelemetry/core') as typeof import('@opentelemetry/core');
      return new W3CTraceContextPropagator();
    }),
  );
  trace.setGlobalTracerProvider(
    lateTracerProvider(() => {
      const sdk = require('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');
      const sampler = new sdk.ParentBasedSampler({ root: rootSampler(process.env, sdk) });
      return new sdk.TracerProvider({ sampler, spanProcessors: [...watchers, exporter] });
    }),
  );
  return { watchers, exporter };
}
