import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { jaeger } from '../scripts/stack/programs/jaeger.ts';
import { otelcol } from '../scripts/stack/programs/otelcol.ts';
import { root } from './stack/command.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<
    string,
    { image?: string; ports?: string[]; user?: string; read_only?: boolean; cap_drop?: string[] }
  >;
};
const services = Object.entries(compose.services);

test('Compose, local mode and the builder agree on the versions', () => {
  expect(compose.services.jaeger?.image).toBe(`jaegertracing/jaeger:${jaeger.release.version}`);
  expect(compose.services.collector?.image).toBe(`otel/opentelemetry-collector-contrib:${otelcol.release.version}`);
  const builder = parse(read('scripts/stack/programs/otelcol-builder.yaml')) as { dist: { version: string } };
  expect(builder.dist.version).toBe(otelcol.build.version);
  // The image may trail by a minor version: its tag has to be known to exist.
  expect(read('app/Dockerfile')).toContain(`node:${read('.node-version').split('.')[0]}.`);
});

test.each(services)('%s: pinned, confined, published on loopback only', (_, service) => {
  if (service.image !== undefined) expect(service.image).toMatch(/:\d+\.\d+\.\d+$|^onetrace/);
  expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('the Collector redacts before it samples, and batches last', () => {
  const { service } = parse(read('otel-collector.yaml')) as {
    service: { pipelines: Record<string, { processors: string[] }> };
  };
  const order = (name: string) => service.pipelines[name]?.processors;
  expect(order('traces/in')).toEqual(['memory_limiter', 'redaction']);
  expect(order('traces/marked')).toEqual(['filter/marked', 'batch/marked']);
  expect(order('traces/rest')).toEqual(['filter/rest', 'tail_sampling', 'batch']);
});
