import type { APIContext, MiddlewareNext } from 'astro';

/** Milliseconds until the head of the response, in the browser's network panel. A streamed body goes on after that. */
export async function serverTiming(_context: APIContext, next: MiddlewareNext): Promise<Response> {
  const started = performance.now();
  const response = await next();
  response.headers.append('server-timing', `app;dur=${(performance.now() - started).toFixed(1)}`);
  return response;
}
