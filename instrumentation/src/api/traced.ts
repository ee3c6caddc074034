import type { Attributes, Span } from '@opentelemetry/api';
import { followSteps, isGenerator } from './generator.ts';
import { noSpan } from './spans.ts';
import { type Started, tracing } from './tracing.ts';

/** What comes out: a promise for everything that can be awaited, all else as it is. */
export type Outcome<T> = T extends PromiseLike<unknown> ? Promise<Awaited<T>> : T;

/**
 * Runs a function in a span of its own, which ends when the work does:
 *
 *   sync function           when it returns
 *   promise, thenable       when it settles. A query builder that starts when it is awaited is started, once, inside the span
 *   generator, sync, async  when it has been iterated to its end, or left; the span is active in each step
 *
 * What the function throws is recorded and goes on unchanged. Without the preload nothing happens but the call.
 */
export function traced<T>(name: string, run: (span: Span) => T, attributes?: Attributes): Outcome<T> {
  const started = tracing()?.start(name, attributes);
  if (started === undefined) return awaitable(run(noSpan)) as Outcome<T>;
  let outcome: T;
  try {
    outcome = started.within(() => run(started.span));
  } catch (error) {
    started.end({ error });
    throw error;
  }
  if (isThenable(outcome)) return whenSettled(outcome, started) as Outcome<T>;
  if (isGenerator(outcome)) return followSteps(outcome, started) as Outcome<T>;
  started.end();
  return outcome as Outcome<T>;
}

function awaitable(outcome: unknown): unknown {
  return isThenable(outcome) ? Promise.resolve(outcome) : outcome;
}

function isThenable(outcome: unknown): outcome is PromiseLike<unknown> {
  return (
    outcome instanceof Promise ||
    (typeof outcome === 'object' && outcome !== null && 'then' in outcome && typeof outcome.then === 'function')
  );
}

function whenSettled(outcome: PromiseLike<unknown>, started: Started): Promise<unknown> {
  return started
    .within(() => Promise.resolve(outcome))
    .then(
      (value) => {
        started.end();
        return value;
      },
      (error: unknown) => {
        started.end({ error });
        throw error;
      },
    );
}
