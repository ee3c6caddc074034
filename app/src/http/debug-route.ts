import type { APIRoute } from 'astro';

/** Routes that misbehave on purpose, for tests of the tracing: absent (404) unless ONETRACE_DEBUG_ROUTES=1. */
export function debugRoute(route: APIRoute): APIRoute {
  return (context) =>
    process.env.ONETRACE_DEBUG_ROUTES === '1' ? route(context) : new Response(null, { status: 404 });
}
