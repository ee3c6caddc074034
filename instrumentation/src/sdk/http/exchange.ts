import { errorMonitor } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Histogram } from '@opentelemetry/api';
import { onCutOff } from '../../shutdown/queued.ts';
import { recordError, typeName } from '../record-error.ts';
import { durationAttributes } from './duration.ts';
import { guarded } from './mishaps.ts';
import type { ServerContext } from './server-context.ts';
import { endServerSpan } from './server-span.ts';

const EXCHANGE = Symbol('onetrace exchange');
type Watched = ServerResponse & { [EXCHANGE]?: Exchange };

/** A request and its answer, from when it has come in until the response has closed. */
export class Exchange {
  readonly #context: ServerContext;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #scheme: string;
  readonly #durations: Histogram | undefined;
  /** of performance.now(), ms; 0 where nobody asks */
  readonly #started: number;
  #over = false;

  constructor(
    context: ServerContext,
    request: IncomingMessage,
    response: ServerResponse,
    scheme: string,
    durations: Histogram | undefined,
  ) {
    this.#context = context;
    this.#request = request;
    this.#response = response;
    this.#scheme = scheme;
    this.#durations = durations;
    this.#started = durations === undefined ? 0 : performance.now();
    (response as Watched)[EXCHANGE] = this;
    response.on('close', closed);
    response.on(errorMonitor, failed);
    // It waits for its turn; or whoever made it up has no connection.
    if (response.socket === null && request.socket instanceof Socket) onCutOff(response, request.socket, closed);
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    const status = this.#response.statusCode;
    endServerSpan(this.#context, this.#request.method || 'GET', status, this.#response);
    this.#record({ status });
  }

  fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    recordError(this.#context.span, error);
    this.#context.span.end();
    this.#record({ failure: typeName(error) });
  }

  #record(answer: Parameters<typeof durationAttributes>[3]): void {
    if (this.#durations === undefined) return;
    const seconds = (performance.now() - this.#started) / 1000;
    const attributes = durationAttributes(this.#request, this.#scheme, this.#context, answer);
    this.#durations.record(seconds, attributes, this.#context);
  }
}

// One function for all responses: an exchange adds no closures to what a request costs.

function closed(this: Watched): void {
  guarded(() => this[EXCHANGE]?.close());
}

function failed(this: Watched, error: unknown): void {
  guarded(() => this[EXCHANGE]?.fail(error));
}
