import { randomUUID } from 'node:crypto';
import type { APIContext, MiddlewareNext } from 'astro';

/** Names each request, in the answer and on error pages, so that a visitor's report can be found in the logs. */
export async function requestId(context: APIContext, next: MiddlewareNext): Promise<Response> {
  const incoming = context.request.headers.get('x-request-id');
  // Only what is safe to print in a log and on a page is taken over.
  context.locals.requestId = incoming && /^[\w-]{8,64}$/.test(incoming) ? incoming : randomUUID();
  const response = await next();
  response.headers.set('x-request-id', context.locals.requestId);
  return response;
}
