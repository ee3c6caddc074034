import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { firstLine, say } from '../preload/say.ts';
import { connectionOf, exporterOf, forgetConnection } from './internals.ts';

/** A Collector that comes and goes is mentioned once in this time, not at every turn. */
const QUIET_MS = 60_000;
/** ExportResultCode.SUCCESS; a value import would load the SDK before its time. */
const SUCCESS = 0;
/** gRPC's status where there is no connection; with any other the connection is a good one. */
const UNAVAILABLE = 14;

const reported = new WeakSet<object>();

/** Whether an error is a failed export, which the outage line speaks for already. */
export function isReported(error: unknown): boolean {
  return typeof error === 'object' && error !== null && reported.has(error);
}

/** Says once that spans do not arrive, and once that they do again, instead of an error per batch. */
export function reportOutages(processors: SpanProcessor[]): void {
  const outage = new Outage(say, () => performance.now(), endpoint(process.env));
  for (const processor of processors) {
    const exporter = exporterOf(processor);
    if (exporter === undefined) continue;
    const send = exporter.export.bind(exporter);
    exporter.export = (spans, done) => {
      let used: object | undefined;
      send(spans, (result) => {
        if (result.code === SUCCESS) outage.succeeded();
        else {
          outage.failed(result.error);
          if (isUnavailable(result.error)) forgetConnection(exporter, used);
        }
        done(result);
      });
      // The first export makes it, so it is not there before.
      used = connectionOf(exporter);
    };
  }
}

function isUnavailable(error: (Error & { code?: unknown }) | undefined): boolean {
  return error?.code === UNAVAILABLE;
}

export class Outage {
  #since: number | undefined;
  #told = false;
  #quietUntil = 0;
  readonly #print: (line: string) => void;
  readonly #now: () => number;
  readonly #endpoint: string;

  constructor(print: (line: string) => void, now: () => number, endpoint: string) {
    this.#print = print;
    this.#now = now;
    this.#endpoint = endpoint;
  }

  failed(error: Error | undefined): void {
    if (error) reported.add(error);
    this.#since ??= this.#now();
    if (this.#told || this.#now() < this.#quietUntil) return;
    this.#told = true;
    this.#quietUntil = this.#now() + QUIET_MS;
    const cause = error ? firstLine(error) : 'no reason given';
    this.#print(`spans do not reach ${this.#endpoint} (${cause}); they are dropped meanwhile, the app goes on`);
  }

  succeeded(): void {
    if (this.#since === undefined) return;
    const seconds = Math.round((this.#now() - this.#since) / 1000);
    if (this.#told) this.#print(`spans reach ${this.#endpoint} again, after ${seconds} s`);
    this.#since = undefined;
    this.#told = false;
  }
}

/** As the user wrote it, less a password in it. */
function endpoint(env: NodeJS.ProcessEnv): string {
  const given = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return given ? given.replace(/\/\/[^/@]*@/, '//') : 'the Collector';
}
