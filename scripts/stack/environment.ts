import type { Settings } from '../settings.ts';
import { paths } from './paths.ts';

/**
 * What the configuration files see in local mode: `otel-collector.yaml`, `jaeger.yaml`, `nginx/` and `ecosystem.config.cjs` are
 * the production templates; only these variables make them local. Compose gives its own values in `docker-compose.yml`.
 * Paths and addresses that have to fit together are ours even where the shell says otherwise: somebody's OTEL_* variables for
 * a vendor must not lead the demo's spans there.
 */
export function stackEnvironment(settings: Settings): Record<string, string> {
  const fromSettings = Object.fromEntries(
    Object.entries(settings)
      .filter(([name, value]) => value !== undefined && !name.endsWith('_BIN') && name !== 'ONETRACE_KEY')
      .map(([name, value]) => [name, String(value)]),
  );
  return {
    ...fromSettings,
    ONETRACE_LISTEN_HOST: '127.0.0.1',
    ONETRACE_JAEGER_ENDPOINT: `127.0.0.1:${settings.ONETRACE_JAEGER_OTLP_PORT}`,
    ONETRACE_SPAN_FILE: paths.spanFile,
    ONETRACE_QUEUE_DIR: paths.queue,
    ONETRACE_APP_HOST: '127.0.0.1',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${settings.ONETRACE_OTLP_GRPC_PORT}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_HEADERS: '',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: '',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: '',
  };
}
