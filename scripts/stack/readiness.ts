import pWaitFor, { TimeoutError } from 'p-wait-for';
import { absent, reason } from '../failure.ts';
import type { Service } from './services.ts';

export interface ReadinessOptions {
  timeoutMs: number;
  /** Null while the component lives; otherwise why it cannot become ready any more ("exited 3 times, see …"). */
  died: (service: Service) => Promise<string | null>;
  /** Ends the waiting, when another component has failed already. */
  signal?: AbortSignal;
  /** How to look further, for the message. */
  next: string;
}

/**
 * Waits until every instance of a component answers its health check. Fails at once when it has died.
 * @throws Failure with the last error of the health check
 */
export async function waitUntilReady(service: Service, options: ReadinessOptions): Promise<void> {
  let last = 'not asked yet';
  try {
    await pWaitFor(
      async () => {
        const problem = await unhealthy(service);
        if (problem === null) return true;
        last = problem;
        const failure = await options.died(service);
        if (failure === null) return false;
        throw absent({ expected: `${service.title} to become ready`, got: failure, next: options.next });
      },
      { interval: 100, timeout: options.timeoutMs, ...(options.signal ? { signal: options.signal } : {}) },
    );
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw absent({
      expected: `${service.title} to become ready within ${options.timeoutMs / 1000} s`,
      got: last,
      next: options.next,
    });
  }
}

/** Null when every instance is healthy, else the first problem: "127.0.0.1:16686: connect ECONNREFUSED". */
export async function unhealthy(service: Service): Promise<string | null> {
  for (const url of service.health) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000), redirect: 'manual' });
      await response.body?.cancel();
      if (!response.ok) return `${url} answered ${response.status}`;
    } catch (error) {
      return `${url}: ${reason(error)}`;
    }
  }
  return null;
}
