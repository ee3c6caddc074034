import type { Started } from './tracing.ts';

type AnyGenerator = Generator | AsyncGenerator;
type Step = (...args: unknown[]) => IteratorResult<unknown> | Promise<IteratorResult<unknown>>;

export function isGenerator(outcome: unknown): outcome is AnyGenerator {
  return /^\[object (Async)?Generator\]$/.test(Object.prototype.toString.call(outcome));
}

/**
 * A generator runs when somebody takes its next value, in that somebody's context: each step is put back into the span. The generator
 * itself is handed on, so that `yield*`, iterator helpers and `instanceof` go on working.
 */
export function followSteps<G extends AnyGenerator>(generator: G, started: Started): G {
  for (const name of ['next', 'return', 'throw'] as const) {
    const step = generator[name].bind(generator) as Step;
    Object.defineProperty(generator, name, {
      value: (...args: unknown[]) => follow(() => step(...args), started),
      configurable: true,
      writable: true,
    });
  }
  return generator;
}

function follow(step: () => ReturnType<Step>, started: Started): ReturnType<Step> {
  const reached = (result: IteratorResult<unknown>) => {
    if (result.done) started.end();
    return result;
  };
  const failed = (error: unknown): never => {
    started.end({ error });
    throw error;
  };
  try {
    const result = started.within(step);
    return result instanceof Promise ? result.then(reached, failed) : reached(result);
  } catch (error) {
    return failed(error);
  }
}
