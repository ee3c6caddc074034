import type { MiddlewareHandler } from 'astro';
import { offerTrace } from '../api/locals.ts';
import { bridge, type ComponentOptions } from './bridge.ts';
import { httpRoute, type RouteStyle } from './route.ts';
import { withoutSpan } from './runtime/seams.ts';

/** Names the span `GET` after the route: `GET /svg_icons/[category]/[icon]/`. Without the preload this is one look at a global. */
export function routeMiddleware(style: RouteStyle): MiddlewareHandler {
  return withoutSpan((astro, next) => {
    offerTrace(astro.locals);
    const preload = bridge();
    if (preload !== undefined) {
      const route = httpRoute(astro.routePattern, astro.url.pathname, style);
      if (route !== undefined) preload.nameRoute(route);
    }
    return next();
  });
}

/** The options of the integration, as the build wrote them down. */
export function configure(options: ComponentOptions, islandKey: string): void {
  bridge()?.configure(options, islandKey);
}
