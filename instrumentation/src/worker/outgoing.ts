import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import * as modules from 'node:module';

const require = modules.createRequire(import.meta.url);

const REQUEST_CREATED = 'undici:request:create';
const HTTP = /^(?:node:)?https?$/;

/**
 * Spans for what a worker asks of other servers, below its task. The instrumentations of `fetch` and `node:http` take 45 ms and 5 MB to
 * load, and most workers never call anybody: each is loaded when it turns out to be needed, in time for the first call.
 */
export function traceOutgoing(env: NodeJS.ProcessEnv): void {
  if (isEnabled('undici', env)) beforeFirstFetch();
  if (isEnabled('http', env)) beforeHttpIsLoaded();
}

function beforeFirstFetch(): void {
  const load = (message: unknown) => {
    unsubscribe(REQUEST_CREATED, load);
    const { UndiciInstrumentation } =
      require('@opentelemetry/instrumentation-undici') as typeof import('@opentelemetry/instrumentation-undici');
    // It has subscribed too late for the request that is being created.
    const handler = new UndiciInstrumentation() as unknown as { onRequestCreated?(message: unknown): void };
    handler.onRequestCreated?.(message);
  };
  subscribe(REQUEST_CREATED, load);
}

function beforeHttpIsLoaded(): void {
  const hooks = modules.registerHooks({
    resolve(specifier, context, next) {
      if (HTTP.test(specifier)) {
        hooks.deregister();
        patchHttp();
      }
      return next(specifier, context);
    },
  });
}

function patchHttp(): void {
  const { HttpInstrumentation } =
    require('@opentelemetry/instrumentation-http') as typeof import('@opentelemetry/instrumentation-http');
  new HttpInstrumentation({ disableIncomingRequestInstrumentation: true });
  for (const name of ['http', 'https']) require(`node:${name}`);
  modules.syncBuiltinESMExports();
}

/** As OpenTelemetry's own variables are read for the main thread. */
function isEnabled(name: string, env: NodeJS.ProcessEnv): boolean {
  const names = (list: string | undefined) => (list ?? '').split(',').map((entry) => entry.trim());
  if (names(env.OTEL_NODE_DISABLED_INSTRUMENTATIONS).includes(name)) return false;
  return (
    !env.OTEL_NODE_ENABLED_INSTRUMENTATIONS?.trim() || names(env.OTEL_NODE_ENABLED_INSTRUMENTATIONS).includes(name)
  );
}
