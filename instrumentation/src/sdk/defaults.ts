/** Values for OTEL_* that differ from the SDK's own defaults; `undefined` hides a variable from it. */
type Changes = Record<string, string | undefined>;

/**
 * Instrumentations that are off unless OTEL_NODE_ENABLED_INSTRUMENTATIONS or OTEL_NODE_DISABLED_INSTRUMENTATIONS says otherwise:
 * - fs, host-metrics: upstream leaves them out as well (a span for every file access; metrics only);
 * - dns, net: plumbing under each outgoing call, which has a span already;
 * - runtime-node: metrics only, at the price of an observer for every garbage collection.
 */
const OFF_BY_DEFAULT = 'fs,host-metrics,dns,net,runtime-node';

/** Four times the SDK's: a call of gRPC costs as much as 500 spans do. Spans that are large do not wait for so many; see SpanQueue. */
const BATCH = 2048;
const QUEUE = 4 * BATCH;

/** What the project decides where the user does not. A blank variable counts as unset, as everywhere in OpenTelemetry. */
export function sdkDefaults(env: NodeJS.ProcessEnv): Changes {
  const defaults: Changes = {
    // Its level is taken over before the SDK starts; the SDK would put its own console logger in place of ours.
    OTEL_LOG_LEVEL: undefined,
  };
  const byDefault = (name: string, value: string) => {
    if (isBlank(env[name])) defaults[name] = value;
  };
  byDefault('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc');
  // This package is about traces: without a word from the user nothing else is pushed to a Collector that may have no pipeline for it.
  byDefault('OTEL_METRICS_EXPORTER', 'none');
  byDefault('OTEL_LOGS_EXPORTER', 'none');
  // One of the two may be the user's; the SDK complains about a batch that is larger than the queue.
  if (isBlank(env.OTEL_BSP_MAX_QUEUE_SIZE) || Number(env.OTEL_BSP_MAX_QUEUE_SIZE) >= BATCH)
    byDefault('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', String(BATCH));
  if (isBlank(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE) || Number(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE) <= QUEUE)
    byDefault('OTEL_BSP_MAX_QUEUE_SIZE', String(QUEUE));
  if (isBlank(env.OTEL_NODE_ENABLED_INSTRUMENTATIONS)) byDefault('OTEL_NODE_DISABLED_INSTRUMENTATIONS', OFF_BY_DEFAULT);
  return defaults;
}

/** Runs with the environment changed, and puts it back: child processes of the app must not inherit the project's defaults. */
export function withEnvironment<T>(env: NodeJS.ProcessEnv, changes: Changes, run: () => T): T {
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, env[name]]));
  apply(env, changes);
  try {
    return run();
  } finally {
    apply(env, before);
  }
}

export function exportsByGrpc(env: NodeJS.ProcessEnv): boolean {
  const protocol = [env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL, env.OTEL_EXPORTER_OTLP_PROTOCOL].find((p) => !isBlank(p));
  const exporters = isBlank(env.OTEL_TRACES_EXPORTER) ? 'otlp' : env.OTEL_TRACES_EXPORTER;
  return (protocol ?? 'grpc') === 'grpc' && (exporters ?? '').split(',').some((name) => name.trim() === 'otlp');
}

function apply(env: NodeJS.ProcessEnv, values: Changes): void {
  for (const [name, value] of Object.entries(values))
    if (value === undefined) delete env[name];
    else env[name] = value;
}

export function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}
