import type { TextMapPropagator, Tracer, TracerProvider } from '@opentelemetry/api';

/**
 * The SDK for what others trace in a worker, loaded with the first span that they start: most workers have no spans but ours, which do
 * without it.
 */
export function lateTracerProvider(load: () => TracerProvider): TracerProvider {
  const provider = once(load);
  return {
    getTracer(...named) {
      const tracer = once(() => provider().getTracer(...named));
      return {
        startSpan: (...args) => tracer().startSpan(...args),
        startActiveSpan: ((...args: Parameters<Tracer['startActiveSpan']>) =>
          tracer().startActiveSpan(...args)) as Tracer['startActiveSpan'],
      };
    },
  };
}

/** @param fields the headers that it writes */
export function latePropagator(fields: string[], load: () => TextMapPropagator): TextMapPropagator {
  const propagator = once(load);
  return {
    fields: () => fields,
    inject: (...args) => propagator().inject(...args),
    extract: (...args) => propagator().extract(...args),
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
