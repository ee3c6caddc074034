import { absent, reason } from '../failure.ts';

/** Jaeger's query API, version 3: traces as OTLP JSON, exact to the nanosecond. */
export interface JaegerSource {
  /** The raw answer for a trace; null while Jaeger does not have it. */
  trace(traceId: string): Promise<string | null>;
  /** The page of a trace; null when this Jaeger was built without its web page. */
  link(traceId: string): Promise<string | null>;
}

export function jaegerOn(port: number): JaegerSource {
  const base = `http://127.0.0.1:${port}`;
  return {
    async trace(traceId) {
      // Raw: without it Jaeger shifts spans to its own idea of the clocks, and its memory storage (2.13) keeps what it shifted.
      const response = await get(`${base}/api/v3/traces/${traceId}?raw_traces=true`);
      if (response.status === 404) {
        await response.body?.cancel();
        return null;
      }
      const body = await response.text();
      if (response.ok) return body;
      throw unavailable(base, `status ${response.status}: ${body.slice(0, 200)}`);
    },
    async link(traceId) {
      const page = await (await get(`${base}/`)).text();
      return hasWebPage(page) ? `${base}/trace/${traceId}` : null;
    },
  };
}

/** Without its assets Jaeger serves a page that is titled as a test page and mounts nothing. */
export const hasWebPage = (page: string): boolean => page.includes('id="jaeger-ui-root"');

async function get(url: string): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(5000) });
  } catch (error) {
    throw unavailable(new URL(url).origin, reason(error), error);
  }
}

const unavailable = (base: string, got: string, cause?: unknown) =>
  absent({ expected: `Jaeger's query API on ${base}`, got, next: 'make status, then make up' }, cause);
