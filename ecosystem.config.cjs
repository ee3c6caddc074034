/**
 * PM2: two instances of an Astro server, traced. Written to be copied into production: put it beside the app's folder, or set
 * ONETRACE_APP_DIR; whatever differs between machines comes from the environment.
 *
 *   pm2 start ecosystem.config.cjs            daemon (then `pm2 save`)
 *   pm2-runtime ecosystem.config.cjs          foreground, in a container
 *   pm2 reload astro-ssr                      new code without a failed request
 *   pm2 reload ecosystem.config.cjs           the same, with changed variables
 *
 * nginx in front has to know both ports (4321 and 4322 by default).
 */
const { existsSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const env = process.env;
const app = resolve(__dirname, env.ONETRACE_APP_DIR || 'app');

/**
 * The preload as a file URL. By its bare name Node would look it up from the directory where the daemon happened to be started: a
 * cluster worker starts there, before PM2 changes into `cwd`.
 */
function preload() {
  try {
    return pathToFileURL(createRequire(join(app, 'package.json')).resolve('@onetrace/instrumentation/register')).href;
  } catch (error) {
    throw new Error(
      `@onetrace/instrumentation is not installed in ${app}, or not built: npm install, npm run build -w instrumentation`,
      { cause: error },
    );
  }
}

/**
 * Instance n listens on ONETRACE_APP_PORT + n, so that nginx can spread the load and tell the two apart. Runs inside each instance,
 * before anything else. PM2's increment_var does the same at the first start only: `pm2 reload ecosystem.config.cjs` then puts every
 * instance on the first port (PM2 7.0.4). A cluster worker finds its environment as JSON, which PM2 spreads after the preloads.
 */
function takePort() {
  const worker = process.env.pm2_env && JSON.parse(process.env.pm2_env);
  const env = worker || process.env;
  env.PORT = String(Number(env.ONETRACE_APP_PORT) + Number(env.NODE_APP_INSTANCE));
  if (worker) process.env.pm2_env = JSON.stringify(worker);
}

/**
 * `fork`: an instance is a process of its own, with its own Node, and survives the daemon. On reload PM2 stops one, starts it anew,
 * waits until it listens, and only then turns to the next; nginx moves the requests over to the other (proxy_next_upstream, and
 * max_fails=0 so that it does not hold the gap of one against it while the other one has its own).
 * `cluster`: the daemon holds the sockets, and a new worker takes over before the old one goes. But the workers run the daemon's Node,
 * and end when the daemon does.
 *
 * Reload under load: through nginx no request fails in either mode; straight to one port none fails in cluster mode, while in fork
 * mode connections are refused until the new process listens. Hence fork, behind nginx; cluster where callers come without it.
 */
const mode = env.ONETRACE_PM2_MODE === 'cluster' ? 'cluster' : 'fork';

module.exports = {
  apps: [
    {
      name: 'astro-ssr',
      cwd: app,
      script: 'dist/server/entry.mjs',
      exec_mode: mode,

      instances: 2,

      node_args: [
        '--import',
        `data:text/javascript,${encodeURIComponent(`(${takePort})()`)}`,
        // Before any other code, so that it sees node:http before the bundle imports it.
        '--import',
        preload(),
        // V8 collects garbage instead of growing up to what it takes for the machine's memory. In MiB.
        `--max-old-space-size=${env.ONETRACE_HEAP_MB || '384'}`,
      ],
      // Above heap + buffers + code: reached only by a leak. PM2 looks every 30 s and reloads gracefully.
      max_memory_restart: env.ONETRACE_MAX_MEMORY || '600M',

      // SIGINT, then SIGKILL after this (PM2's default of 1,600 ms cuts off slow pages). The preload lets requests in flight finish,
      // exports the last spans and ends 200 ms before it.
      kill_timeout: Number(env.ONETRACE_KILL_TIMEOUT) || 10_000,
      // How long a new instance may take until it listens, before PM2 goes on without it.
      listen_timeout: Number(env.ONETRACE_LISTEN_TIMEOUT) || 15_000,
      // In fork mode PM2 cannot see an instance listen; the preload sends it 'ready'. In cluster mode it can, and needs no message.
      wait_ready: mode === 'fork',
      // A crash loop backs off (100 ms, 150, 225 … 15 s) instead of giving up after 16 attempts.
      exp_backoff_restart_delay: 100,

      // One file for both instances, each line with its time; the number of the instance is in every span (onetrace.pm2.id).
      merge_logs: true,
      // Without it, files in PM2_HOME/logs that somebody has to rotate. '/dev/null' in a container, where pm2-runtime prints all of it.
      ...(env.ONETRACE_LOG_FILE ? { out_file: env.ONETRACE_LOG_FILE, error_file: env.ONETRACE_LOG_FILE } : {}),
      log_date_format: 'YYYY-MM-DDTHH:mm:ss.SSSZ',

      env: {
        NODE_ENV: 'production',
        // Behind nginx on the same machine; 0.0.0.0 in a container. Not from HOST: csh and conda set that to the machine's name.
        HOST: env.ONETRACE_APP_HOST || '127.0.0.1',
        // The first instance's port.
        ONETRACE_APP_PORT: env.ONETRACE_APP_PORT || '4321',

        // --- Tracing ---------------------------------------------------------------------------------------------------------------
        // `true` switches all of it off: nothing is loaded, nothing patched.
        OTEL_SDK_DISABLED: env.OTEL_SDK_DISABLED || 'false',
        // The name in Jaeger. Without it the service is called by PM2's process name.
        OTEL_SERVICE_NAME: env.OTEL_SERVICE_NAME || 'astro-ssr',
        // Which environment a span comes from, beside what the shell sets (further `key=value` pairs, comma-separated).
        OTEL_RESOURCE_ATTRIBUTES: [
          `deployment.environment.name=${env.ONETRACE_DEPLOYMENT || 'production'}`,
          env.OTEL_RESOURCE_ATTRIBUTES,
        ]
          .filter(Boolean)
          .join(','),

        // The Collector on this machine. gRPC keeps one connection open, and costs less CPU per batch than JSON over HTTP.
        OTEL_TRACES_EXPORTER: env.OTEL_TRACES_EXPORTER || 'otlp',
        OTEL_EXPORTER_OTLP_PROTOCOL: env.OTEL_EXPORTER_OTLP_PROTOCOL || 'grpc',
        OTEL_EXPORTER_OTLP_ENDPOINT: env.OTEL_EXPORTER_OTLP_ENDPOINT || 'http://127.0.0.1:4317',
        // Credentials for a Collector elsewhere, `authorization=Bearer …`. Empty: none.
        OTEL_EXPORTER_OTLP_HEADERS: env.OTEL_EXPORTER_OTLP_HEADERS || '',
        // Where the shell has http_proxy, gRPC would send the spans for this very machine there: it knows no exception for it.
        no_grpc_proxy: [env.no_grpc_proxy || env.no_proxy, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
        // A Collector that hangs must not hold on to batches for the default of 10 s.
        OTEL_EXPORTER_OTLP_TIMEOUT: env.OTEL_EXPORTER_OTLP_TIMEOUT || '5000',
        // Traces only; nothing is pushed to a Collector that has no pipeline for it.
        OTEL_METRICS_EXPORTER: env.OTEL_METRICS_EXPORTER || 'none',
        OTEL_LOGS_EXPORTER: env.OTEL_LOGS_EXPORTER || 'none',

        // nginx has decided (its traceparent is always there); everything is sent on to the Collector, which keeps what matters after
        // the fact. Where that is too much traffic: parentbased_traceidratio and a ratio.
        OTEL_TRACES_SAMPLER: env.OTEL_TRACES_SAMPLER || 'parentbased_always_on',
        OTEL_TRACES_SAMPLER_ARG: env.OTEL_TRACES_SAMPLER_ARG || '',
        // W3C headers from nginx, and on to whatever the app calls.
        OTEL_PROPAGATORS: env.OTEL_PROPAGATORS || 'tracecontext,baggage',

        // Spans wait for company for a second (default 5): the Collector's decision about a trace has to wait for the last of them.
        // Forced traces do not wait at all.
        OTEL_BSP_SCHEDULE_DELAY: env.OTEL_BSP_SCHEDULE_DELAY || '1000',
        // Memory bound: what is above it while the Collector is away is dropped. About 300 bytes a span.
        OTEL_BSP_MAX_QUEUE_SIZE: env.OTEL_BSP_MAX_QUEUE_SIZE || '8192',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE || '2048',

        // Short names, comma-separated (`http,undici,pg`). Empty: all that the bundle brings, less fs, dns, net and what makes
        // only metrics; each costs CPU for every request it sees.
        OTEL_NODE_ENABLED_INSTRUMENTATIONS: env.OTEL_NODE_ENABLED_INSTRUMENTATIONS || '',
        OTEL_NODE_DISABLED_INSTRUMENTATIONS: env.OTEL_NODE_DISABLED_INSTRUMENTATIONS || '',
        // `aws`, `gcp` and `azure` ask a metadata service over the network at start; add the one you are on.
        OTEL_NODE_RESOURCE_DETECTORS: env.OTEL_NODE_RESOURCE_DETECTORS || 'env,host,process',

        // Health checks every few seconds are noise, not traces.
        ONETRACE_IGNORE_PATHS: env.ONETRACE_IGNORE_PATHS || '/healthz',

        // --- Function samples --------------------------------------------------------------------------------------------------------
        // `off`: none, and nothing of it is loaded. `on-demand`: from the first request that is marked `onetrace=profile` until a minute
        // after the last; starting takes the event loop for about 100 ms. `always`: forced traces have them, too; a few percent of CPU.
        ONETRACE_PROFILE: env.ONETRACE_PROFILE || 'off',
        // µs between two samples.
        ONETRACE_PROFILE_INTERVAL_US: env.ONETRACE_PROFILE_INTERVAL_US || '1000',
        // At most one start in this time, in ms, whoever asks.
        ONETRACE_PROFILE_START_EVERY_MS: env.ONETRACE_PROFILE_START_EVERY_MS || '60000',
        // A call within another is shown if it took so many ms. Empty: one and a half intervals, that is two samples.
        ONETRACE_PROFILE_MIN_MS: env.ONETRACE_PROFILE_MIN_MS || '',
        // Who may ask: the addresses that connections to the app come from. The nginx in front, which takes the mark off strangers'
        // requests. An app that the world can reach directly must not trust what is not nginx.
        ONETRACE_PROFILE_FROM: env.ONETRACE_PROFILE_FROM ?? '127.0.0.0/8 ::1/128',
      },
    },
  ],
};

if (!existsSync(join(app, 'dist/server/entry.mjs')))
  console.warn(`${join(app, 'dist/server/entry.mjs')} is not there: build the app first`);
