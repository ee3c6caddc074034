import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { type Pm2Process, pm2Process } from '../preload/pm2.ts';
import { say } from '../preload/say.ts';
import { readSettings } from '../preload/settings.ts';
import { readProfileSettings } from '../profiler/settings.ts';
import { shutDownGracefully } from '../shutdown/shutdown.ts';
import { contexts } from '../spans/context-manager.ts';
import { newSpanId, newTraceId } from '../spans/id.ts';
import { limitSpans, readSpanLimits } from '../spans/limits.ts';
import { finishedSpansGoTo } from '../spans/sink.ts';
import { traceSqlite } from '../sqlite/sqlite.ts';
import { traceWorkers } from '../worker/parent.ts';
import { readLimits } from './astro/limits.ts';
import { openAstroBridge } from './astro/open.ts';
import { SCOPE as ASTRO, Requests } from './astro/requests.ts';
import { exportsByGrpc, sdkDefaults, withEnvironment } from './defaults.ts';
import { logToStderr } from './diagnostics.ts';
import { serverTracers } from './http/server-tracer.ts';
import { SCOPE as SERVERS, traceServers } from './http/servers.ts';
import { ignoring } from './ignore.ts';
import {
  addOthersOnDemand,
  allInstrumentations,
  areThereForHttp,
  firstInstrumentations,
  type Instrumentations,
  othersMayWait,
  resourceDetectors,
} from './instrumentations.ts';
import { builtProcessors, resourceOf, spanMakingOf } from './internals.ts';
import { batchAsBytes } from './otlp/batch-as-bytes.ts';
import { reportOutages } from './outage.ts';
import { PreciseStart } from './precise-start.ts';
import { PromptFlush } from './prompt-flush.ts';
import { processAttributes } from './resource.ts';
import { silentlyIgnored } from './silently-ignored.ts';
import { acceptSpans } from './tracing.ts';

/**
 * CommonJS on purpose: the SDK loads faster and smaller that way than as ES modules (235 ms and 92 MB against 270 ms and 98 MB),
 * and every part of it has to come from the same copy.
 */
const require = createRequire(import.meta.url);

/** What a hook by `require` can patch, and an ES module of the app would otherwise import unpatched. */
const BUILTINS = ['http', 'https', 'net', 'dns', 'dns/promises', 'fs', 'fs/promises'];

/** Bun has no hook where modules are required and starts workers without the preload. */
const WITH_BUN =
  "with Bun there are spans of Astro, of SQLite in the main thread and of one's own, none of worker threads, outgoing requests and other servers";

/** Starts the SDK as OTEL_* describes it, before the first line of the app runs. */
export async function start(): Promise<void> {
  const profile = readProfileSettings(process.env, say);
  const profiling = profile.mode === 'off' ? undefined : await import('../profiler/main-thread.ts');
  const pm2 = pm2Process(process.env, process.argv[1]);
  const settings = readSettings(process.env, pm2);
  if (pm2?.tracesItself)
    say("PM2's own tracing is on as well (trace: true) and makes a second set of spans; switch one of the two off");

  logToStderr(process.env.OTEL_LOG_LEVEL);
  for (const line of silentlyIgnored(process.env)) say(line);
  const ignored = ignoring(settings.ignorePaths);
  const othersWait = othersMayWait(process.env);
  const { sdk, instrumentations } = withEnvironment(process.env, sdkDefaults(process.env), () => {
    const instrumentations = othersWait ? firstInstrumentations() : allInstrumentations();
    const sdk = buildSdk(instrumentations, pm2);
    sdk.start();
    return { sdk, instrumentations };
  });
  if (othersWait) addOthersOnDemand(process.env);
  limitSpans(readSpanLimits(process.env));
  const processors = builtProcessors(sdk);
  const tracerOf = serverTracers(spanMakingOf(sdk));
  // With Bun the Astro integration makes the server span.
  if (process.versions.bun === undefined && areThereForHttp(instrumentations)) traceServers(tracerOf(SERVERS), ignored);
  patchBuiltins();
  acceptSpans();
  if (exportsByGrpc(process.env)) loadGrpc();

  reportOutages(processors);
  batchAsBytes(processors);
  const flusher = new PromptFlush([...processors]);
  if (processors.length > 0) traceInside(sdk, processors);
  const profiler = processors.length > 0 ? profiling?.profileMainThread(profile, contexts, processors) : undefined;
  // In front of those that export: a request's last spans go with its root.
  const requests = new Requests(readLimits(process.env), tracerOf(ASTRO), processors, ignored);
  processors.unshift(new PreciseStart(), requests, ...(profiler === undefined ? [] : [profiler]));
  processors.push(flusher);
  openAstroBridge(requests, process.env);
  shutDownGracefully({
    timeoutMs: settings.shutdownTimeoutMs,
    underPm2: pm2 !== undefined,
    hurry: () => flusher.hurry(),
    shutdown: () => sdk.shutdown(),
  });
}

/** What happens in this process and belongs to nobody's protocol: worker threads and SQLite. */
function traceInside(sdk: NodeSDK, processors: SpanProcessor[]): void {
  const resource = resourceOf(sdk);
  if (resource !== undefined)
    finishedSpansGoTo({
      resource,
      onEnd: (span) => {
        for (const processor of processors) processor.onEnd(span);
      },
    });
  if (process.versions.bun !== undefined) say(WITH_BUN);
  else traceWorkers();
  traceSqlite();
}

function buildSdk(instrumentations: Instrumentations, pm2: Pm2Process | undefined) {
  const { NodeSDK } = require('@opentelemetry/sdk-node') as typeof import('@opentelemetry/sdk-node');
  const { defaultResource, resourceFromAttributes } =
    require('@opentelemetry/resources') as typeof import('@opentelemetry/resources');

  return new NodeSDK({
    contextManager: contexts,
    idGenerator: { generateTraceId: newTraceId, generateSpanId: newSpanId },
    instrumentations,
    resource: defaultResource().merge(resourceFromAttributes(processAttributes(process.env, pm2, process.argv[1]))),
    // The bundle knows more detectors than the SDK, among them some that ask a cloud's metadata service over the network: only on request.
    ...(process.env.OTEL_NODE_RESOURCE_DETECTORS ? { resourceDetectors: resourceDetectors() } : {}),
  });
}

/**
 * A production build bundles the framework, so no import hook sees it ask for node:http. Requiring the builtins here lets the
 * instrumentations patch them, and the sync makes `import { createServer } from 'node:http'` see the patched ones.
 */
function patchBuiltins(): void {
  for (const name of BUILTINS) require(`node:${name}`);
  syncBuiltinESMExports();
}

/** The exporter would load gRPC (50 ms, synchronously) with the first batch, in the middle of somebody's request. */
function loadGrpc(): void {
  const fromSdk = createRequire(require.resolve('@opentelemetry/sdk-node'));
  createRequire(fromSdk.resolve('@opentelemetry/otlp-grpc-exporter-base'))('@grpc/grpc-js');
}
