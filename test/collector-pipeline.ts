import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Running, start } from './processes.ts';
import { findCollector, findJaeger } from './programs.ts';

export const otelcol = await findCollector();
export const jaeger = await findJaeger();
const root = join(import.meta.dirname, '..');
export const collectorConfig = join(root, 'otel-collector.yaml');
export const jaegerConfig = join(root, 'jaeger.yaml');

/** The variables of one Collector and one Jaeger, on ports and in a directory of their own. */
export async function settings(directory: string, env: NodeJS.ProcessEnv = {}) {
  const names = [
    'OTLP_GRPC',
    'OTLP_HTTP',
    'HEALTH',
    'METRICS',
    'JAEGER_OTLP',
    'JAEGER_UI',
    'JAEGER_GRPC',
    'JAEGER_HEALTH',
  ];
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  const spanFile = join(directory, 'spans.jsonl');
  const variables: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    ...Object.fromEntries([...ports].map(([name, port]) => [`ONETRACE_${name}_PORT`, String(port)])),
    ONETRACE_JAEGER_ENDPOINT: `127.0.0.1:${ports.get('JAEGER_OTLP')}`,
    ONETRACE_SPAN_FILE: spanFile,
    ONETRACE_QUEUE_DIR: join(directory, 'queue'),
    // Nothing is kept by chance.
    ONETRACE_SAMPLE_PERCENT: '0',
    ONETRACE_DECISION_WAIT: '1s',
    ...env,
  };
  const url = (name: string) => `http://127.0.0.1:${ports.get(name)}`;
  return { variables, spanFile, url };
}

export type Settings = Awaited<ReturnType<typeof settings>>;

export function startCollector({ variables, url }: Settings): Promise<Running> {
  return start(otelcol, ['--config', collectorConfig], { env: variables }, () => ok(`${url('HEALTH')}/`));
}

export function startJaeger({ variables, url }: Settings): Promise<Running> {
  return start(jaeger, ['--config', jaegerConfig], { env: variables }, () => ok(`${url('JAEGER_HEALTH')}/status`));
}

export interface Sent {
  traceId?: string;
  traceState?: string;
  /** ms */
  duration?: number;
  error?: boolean;
  attributes?: Record<string, string | number>;
}

/** One span as a line, the way nginx writes it. */
export async function writeSpan({ spanFile }: Settings, sent: Sent = {}): Promise<string> {
  const { traceId, document } = otlp(sent);
  await appendFile(spanFile, `${document}\n`);
  return traceId;
}

/** One span over OTLP/HTTP, the way an SDK sends it. */
export async function sendSpan({ url }: Settings, sent: Sent = {}): Promise<string> {
  const { traceId, document } = otlp(sent);
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url('OTLP_HTTP')}/v1/traces`, { method: 'POST', headers, body: document });
  if (!response.ok)
    throw new Error(`expected 200 from the Collector, got ${response.status}: ${await response.text()}`);
  return traceId;
}

/** The spans that Jaeger has of a trace; none when it does not know it. */
export async function stored({ url }: Settings, traceId: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${url('JAEGER_UI')}/api/v3/traces/${traceId}`);
  if (response.status === 404) return [];
  const { result } = (await response.json()) as { result: { resourceSpans: ResourceSpans[] } };
  return result.resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(withFlatAttributes);
}

/** A counter of the Collector's own, summed over its series; 0 when it has none yet. */
export async function counter({ url }: Settings, name: string, label = ''): Promise<number> {
  const text = await (await ok(`${url('METRICS')}/metrics`)).text();
  const series = text
    .split('\n')
    .filter((line) => new RegExp(`^${name}(_total)?\\{`).test(line) && line.includes(label));
  return series.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

interface ResourceSpans {
  scopeSpans: { spans: { attributes?: { key: string; value: Record<string, unknown> }[] }[] }[];
}

async function ok(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

function otlp({
  traceId = randomBytes(16).toString('hex'),
  traceState = '',
  duration = 5,
  error = false,
  attributes = {},
}: Sent) {
  const now = Date.now();
  const span = {
    traceId,
    spanId: randomBytes(8).toString('hex'),
    traceState,
    name: 'GET',
    kind: 2,
    startTimeUnixNano: `${now - duration}000000`,
    endTimeUnixNano: `${now}000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
    })),
    status: { code: error ? 2 : 0 },
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'test' } }] };
  const document = JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ scope: { name: 'test' }, spans: [span] }], resource }],
  });
  return { traceId, document };
}

function withFlatAttributes(span: ResourceSpans['scopeSpans'][0]['spans'][0]): Record<string, unknown> {
  const attributes = (span.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]);
  return { ...span, attributes: Object.fromEntries(attributes) };
}
