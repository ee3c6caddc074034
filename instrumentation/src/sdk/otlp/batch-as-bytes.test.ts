import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, expect, test } from 'vitest';
import { span } from '../../../test/support/finished.ts';
import { decoded, spansOf } from '../../../test/support/otlp-request.ts';
import { exporterOf } from '../internals.ts';
import { batchAsBytes } from './batch-as-bytes.ts';

const fromSdk = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/sdk-node'));
const { BatchSpanProcessor } = fromSdk('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');

interface Exporters {
  OTLPTraceExporter: new (options: { url: string }) => SpanExporter;
}

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

/** A Collector that keeps the names of the spans of each request, and refuses when told to. */
async function collector() {
  const names: string[][] = [];
  const told = { status: 200 };
  const server = createServer(async (request, response) => {
    names.push(spansOf(decoded(await buffer(request))).map(({ name }) => name));
    response.writeHead(told.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => server.close());
  return { names, told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** What a meter provider has been told: instrument, value, type of error. */
function metrics() {
  const added: [string, number, string | undefined][] = [];
  let observe: (observed: { observe(value: number): void }) => void = () => {};
  const add = (name: string) => ({
    add(value: number, attributes: Record<string, string>) {
      added.push([name, value, attributes['error.type']]);
    },
  });
  const meter = {
    createCounter: add,
    createUpDownCounter: add,
    createObservableUpDownCounter: () => ({
      addCallback(callback: typeof observe) {
        observe = callback;
      },
      removeCallback() {
        observe = () => {};
      },
    }),
  };
  const queueSize = () => {
    let size: number | undefined;
    observe({
      observe(value) {
        size = value;
      },
    });
    return size;
  };
  return { added, queueSize, provider: { getMeter: () => meter } as never };
}

function root(name: string): ReadableSpan {
  return span(name, { isRemote: true });
}

test("the SDK's exporter sends what ours has written, by the limits of the processor it takes the place of", async () => {
  const { names, url } = await collector();
  const { OTLPTraceExporter } = fromSdk('@opentelemetry/exporter-trace-otlp-proto') as Exporters;
  const exporter = new OTLPTraceExporter({ url });
  const processors: SpanProcessor[] = [new BatchSpanProcessor({ exporter, maxExportBatchSize: 2, maxQueueSize: 3 })];
  batchAsBytes(processors);
  const [processor] = processors as [SpanProcessor];
  // The first two leave the queue at once.
  for (const name of ['a', 'b', 'c', 'd', 'e', 'dropped']) processor.onEnd(root(name));
  await processor.forceFlush();
  expect(names.toSorted()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  await processor.shutdown();
});

test('what the SDK counts about a batch processor is still counted', async () => {
  const { told, url } = await collector();
  const { added, queueSize, provider } = metrics();
  const { OTLPTraceExporter } = fromSdk('@opentelemetry/exporter-trace-otlp-proto') as Exporters;
  const exporter = new OTLPTraceExporter({ url });
  const processors: SpanProcessor[] = [
    new BatchSpanProcessor({ exporter, maxExportBatchSize: 2, maxQueueSize: 2, selfObsMeterProvider: provider }),
  ];
  batchAsBytes(processors);
  const [processor] = processors as [SpanProcessor];
  processor.onEnd(span('a'));
  expect(queueSize()).toBe(1);
  await processor.forceFlush();
  expect(queueSize()).toBe(0);
  told.status = 400;
  for (const name of ['b', 'c', 'd', 'e', 'dropped']) processor.onEnd(root(name));
  await processor.shutdown().catch(() => undefined);
  const processed = 'otel.sdk.processor.span.processed';
  expect(added).toEqual([
    ['otel.sdk.processor.span.queue.capacity', 2, undefined],
    [processed, 1, undefined],
    [processed, 1, 'queue_full'],
    [processed, 2, 'OTLPExporterError'],
    [processed, 2, 'OTLPExporterError'],
  ]);
  expect(queueSize()).toBeUndefined();
});

test('an exporter of JSON keeps the processor of the SDK', () => {
  const { OTLPTraceExporter } = fromSdk('@opentelemetry/exporter-trace-otlp-http') as Exporters;
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: 'http://127.0.0.1:1' }) });
  const processors = [processor];
  batchAsBytes(processors);
  expect(processors).toEqual([processor]);
});

test('whoever else gives spans to the exporter is served by the SDK', async () => {
  const { names, url } = await collector();
  const { OTLPTraceExporter } = fromSdk('@opentelemetry/exporter-trace-otlp-proto') as Exporters;
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) });
  const exporter = exporterOf(processor) as SpanExporter;
  batchAsBytes([processor]);
  await new Promise((resolve) => exporter.export([root('a')], resolve));
  expect(names).toEqual([['a']]);
});
