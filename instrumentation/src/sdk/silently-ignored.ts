import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Lines about values that the SDK drops without a word. Its own parser decides; only the silence is mended. */
export function silentlyIgnored(env: NodeJS.ProcessEnv): string[] {
  const lines: string[] = [];
  if (env.OTEL_RESOURCE_ATTRIBUTES?.trim() && !parsesAttributes())
    lines.push(
      `OTEL_RESOURCE_ATTRIBUTES: expected key=value,key=value (percent-encoded), got '${env.OTEL_RESOURCE_ATTRIBUTES}'; all of it is ignored`,
    );
  // Values are credentials: the name has to do.
  for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'])
    if (env[name]?.split(',').some((pair) => pair.trim() !== '' && !pair.includes('=')))
      lines.push(`${name}: expected key=value,key=value; an entry without '=' is ignored`);
  return lines;
}

function parsesAttributes(): boolean {
  const { envDetector } = require('@opentelemetry/resources') as typeof import('@opentelemetry/resources');
  const found = Object.keys(envDetector.detect().attributes ?? {});
  // OTEL_SERVICE_NAME comes out of the same detector.
  return (
    found.some((key) => key !== 'service.name') || /\bservice\.name=/.test(process.env.OTEL_RESOURCE_ATTRIBUTES ?? '')
  );
}
