import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** PM2 needs about this long to put its log files in place of a cluster worker's stderr. */
const PM2_LOG_READY_MS = 1000;

/**
 * One line on stderr. A PM2 cluster worker's stderr is the daemon's until PM2 has taken it over, and lines written before that end
 * in pm2.log, where nobody looks: hold them back until they reach the app's own log.
 */
export function say(message: string): void {
  const line = `onetrace: ${message}\n`;
  if (process.env.pm_id !== undefined && process.uptime() * 1000 < PM2_LOG_READY_MS && isClusterWorker())
    setTimeout(() => process.stderr.write(line), PM2_LOG_READY_MS).unref();
  else process.stderr.write(line);
}

/** Asked for only here: with it come child processes and sockets, and every worker thread would load them. */
function isClusterWorker(): boolean {
  return (require('node:cluster') as typeof import('node:cluster').default).isWorker;
}

/** What went wrong, in one line: stack traces and gRPC's multi-line details stay out of the app's log. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n', 1)[0] ?? '';
}

/** What stopped the start, with the variable to look at: the SDK throws these two without naming it. */
export function explain(error: unknown): string {
  const { code, input } = error as { code?: string; input?: string };
  if (code === 'ERR_INVALID_URL') return `OTEL_EXPORTER_OTLP_ENDPOINT: expected http://host:port, got '${input}'`;
  const line = firstLine(error);
  return line.startsWith('Metadata ') ? `OTEL_EXPORTER_OTLP_HEADERS: ${line}` : line;
}
