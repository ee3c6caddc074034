import { createRequire } from 'node:module';
import { explain, say } from '../preload/say.ts';
import { isBlank, sdkDefaults, withEnvironment } from './defaults.ts';
import { beforeFirstRequire } from './first-require.ts';
import { PATCHED } from './patched-packages.ts';

const require = createRequire(import.meta.url);

type Upstream = typeof import('@opentelemetry/auto-instrumentations-node');
export type Instrumentations = ReturnType<Upstream['getNodeAutoInstrumentations']>;

const BUNDLE = '@opentelemetry/auto-instrumentations-node';
const HTTP = '@opentelemetry/instrumentation-http';
const UNDICI = '@opentelemetry/instrumentation-undici';
const GRPC = '@opentelemetry/instrumentation-grpc';

/** Requests that come in are ours. */
const OUTGOING_ONLY = { disableIncomingRequestInstrumentation: true };

/** How upstream hears what ES modules import. */
const IMPORT_HOOK = /import-in-the-middle|@opentelemetry\/instrumentation\/hook/;

/**
 * Whether most of upstream's instrumentations may wait until a package is required that one of them patches: 300 modules, 4 MB of heap and
 * 90 ms of the start, and all that is on the heap makes each request's share of garbage collection dearer. Not where the user names some, nor
 * where one may be wanted for something that is not required.
 */
export function othersMayWait(env: NodeJS.ProcessEnv): boolean {
  const flags = `${process.execArgv.join(' ')} ${env.NODE_OPTIONS ?? ''}`;
  return (
    isBlank(env.OTEL_NODE_ENABLED_INSTRUMENTATIONS) &&
    isBlank(env.OTEL_NODE_DISABLED_INSTRUMENTATIONS) &&
    env.LAMBDA_TASK_ROOT === undefined &&
    process.versions.bun === undefined &&
    !IMPORT_HOOK.test(flags)
  );
}

/** Those that OTEL_NODE_ENABLED_INSTRUMENTATIONS and OTEL_NODE_DISABLED_INSTRUMENTATIONS leave. */
export function allInstrumentations(): Instrumentations {
  return fromBundle({ [HTTP]: OUTGOING_ONLY });
}

/** For what Node brings along, and for gRPC, which is loaded for the export before the app can ask for it. */
export function firstInstrumentations(): Instrumentations {
  const load = createRequire(require.resolve(BUNDLE));
  const { HttpInstrumentation } = load(HTTP);
  const { UndiciInstrumentation } = load(UNDICI);
  const { GrpcInstrumentation } = load(GRPC);
  return [new HttpInstrumentation(OUTGOING_ONLY), new UndiciInstrumentation(), new GrpcInstrumentation()];
}

/** To be called once the SDK has started: those that come later ask the API for their tracers. */
export function addOthersOnDemand(env: NodeJS.ProcessEnv): void {
  const there = { enabled: false };
  beforeFirstRequire(PATCHED, () => {
    try {
      withEnvironment(env, sdkDefaults(env), () => fromBundle({ [HTTP]: there, [UNDICI]: there, [GRPC]: there }));
    } catch (error) {
      say(`there will be no spans of databases, frameworks and loggers: ${explain(error)}`);
    }
  });
}

export function areThereForHttp(instrumentations: Instrumentations): boolean {
  return instrumentations.some(({ instrumentationName }) => instrumentationName === HTTP);
}

/** Those that OTEL_NODE_RESOURCE_DETECTORS names. */
export function resourceDetectors() {
  return (require(BUNDLE) as Upstream).getResourceDetectors();
}

function fromBundle(configs: Parameters<Upstream['getNodeAutoInstrumentations']>[0]): Instrumentations {
  return (require(BUNDLE) as Upstream).getNodeAutoInstrumentations(configs);
}
