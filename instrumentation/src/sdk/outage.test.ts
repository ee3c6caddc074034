import { createRequire } from 'node:module';
import type { ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { span } from '../../test/support/finished.ts';
import { grpcReceiver } from '../../test/support/receiver.ts';
import { Outage, reportOutages } from './outage.ts';

function outage() {
  const lines: string[] = [];
  const clock = { now: 0 };
  return {
    lines,
    clock,
    outage: new Outage(
      (line) => lines.push(line),
      () => clock.now,
      'http://c:4317',
    ),
  };
}

test('one line when spans stop arriving, one when they arrive again', () => {
  const { lines, clock, outage: it } = outage();
  it.succeeded();
  for (let i = 0; i < 50; i++) it.failed(new Error('14 UNAVAILABLE: no connection\ndetails'));
  clock.now = 32_000;
  it.succeeded();
  it.succeeded();
  expect(lines).toEqual([
    'spans do not reach http://c:4317 (14 UNAVAILABLE: no connection); they are dropped meanwhile, the app goes on',
    'spans reach http://c:4317 again, after 32 s',
  ]);
});

test('a Collector that comes and goes is mentioned once a minute', () => {
  const { lines, clock, outage: it } = outage();
  for (clock.now = 0; clock.now < 60_000; clock.now += 1000) {
    it.failed(new Error('down'));
    it.succeeded();
  }
  expect(lines).toHaveLength(2);
  it.failed(new Error('down'));
  expect(lines).toHaveLength(3);
});

describe('the connection of an exporter by gRPC', () => {
  const fromSdk = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/sdk-node'));
  const { OTLPTraceExporter } = fromSdk('@opentelemetry/exporter-trace-otlp-grpc') as {
    OTLPTraceExporter: new (options?: { url: string }) => SpanExporter & { _delegate: { _transport: object } };
  };
  const lines: unknown[] = [];

  beforeEach(() => {
    vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(line) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    lines.length = 0;
  });

  function watched(url?: string) {
    const exporter = new OTLPTraceExporter(url === undefined ? undefined : { url });
    reportOutages([{ _exporter: exporter } as unknown as SpanProcessor]);
    return exporter;
  }

  function exported(exporter: SpanExporter): Promise<ExportResult> {
    return new Promise((resolve) => exporter.export([span('a')] as ReadableSpan[], resolve));
  }

  /** In place of the exporter's own: fails when told to, with what code. */
  function plant(exporter: { _delegate: { _transport: object } }) {
    const failures: ((code: number) => void)[] = [];
    const client = {
      close: vi.fn(),
      export(_message: unknown, _metadata: unknown, _options: unknown, done: (error: Error) => void) {
        failures.push((code) => done(Object.assign(new Error('planted'), { code })));
      },
    };
    Object.assign(exporter._delegate._transport, { _client: client, _metadata: {} });
    return { client, failures };
  }

  test('is made anew after it failed: a Collector that is back is reached at once', async () => {
    const { server, endpoint } = await grpcReceiver();
    server.close();
    const exporter = watched(endpoint);
    for (let attempt = 0; attempt < 3; attempt++)
      expect(await exported(exporter)).toMatchObject({ error: { code: 14 } });
    const back = await grpcReceiver(Number(new URL(endpoint).port));
    expect(await exported(exporter)).toEqual({ code: 0 });
    await exporter.shutdown();
    back.server.close();
    expect(lines).toHaveLength(2);
  });

  test.each([
    [14, 1],
    [8, 0],
    [4, 0],
  ])('after status %i is closed %i times', async (code, times) => {
    const exporter = watched();
    const { client, failures } = plant(exporter);
    const result = exported(exporter);
    failures[0]?.(code);
    expect(await result).toMatchObject({ error: { code } });
    expect(client.close).toHaveBeenCalledTimes(times);
    expect(exporter._delegate._transport).toMatchObject({ _client: times === 0 ? client : undefined });
  });

  test('stays when the one before fails what it still held', async () => {
    const exporter = watched();
    const before = plant(exporter);
    const results = [exported(exporter), exported(exporter)];
    before.failures[0]?.(14);
    await results[0];
    const { client } = plant(exporter);
    before.failures[1]?.(14);
    await results[1];
    expect(client.close).not.toHaveBeenCalled();
    expect(before.client.close).toHaveBeenCalledTimes(1);
  });

  test('that cannot be found is mentioned once', async () => {
    const unknown = { export: (_: unknown, done: (result: object) => void) => done({ code: 1, error: { code: 14 } }) };
    reportOutages([{ _exporter: unknown } as unknown as SpanProcessor]);
    for (let attempt = 0; attempt < 2; attempt++) await exported(unknown as unknown as SpanExporter);
    const told =
      'this version of the OpenTelemetry SDK is unknown: a Collector that is back may get nothing for two minutes';
    expect(lines.filter((line) => String(line).includes(told))).toHaveLength(1);
  });
});
