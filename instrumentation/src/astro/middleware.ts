import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import type { MiddlewareHandler } from 'astro';
import { httpRoute, type RouteStyle } from './route.ts';

/**
 * Leaves the route where the HTTP instrumentation looks for it when the response ends: the span `GET` becomes
 * `GET /svg_icons/[category]/[icon]/`, with http.route. Without the preload there is no such place, and this is one lookup.
 */
export function routeMiddleware(style: RouteStyle): MiddlewareHandler {
  return (astro, next) => {
    const rpc = getRPCMetadata(context.active());
    // The first pattern is the one the request asked for; a rewrite or an error page comes through here again with another.
    if (rpc?.type === RPCType.HTTP && rpc.route === undefined) {
      const route = httpRoute(astro.routePattern, style);
      if (route !== undefined) rpc.route = route;
    }
    return next();
  };
}
