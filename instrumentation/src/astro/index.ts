import type { AstroIntegration } from 'astro';
import type { RouteStyle } from './route.ts';

const MIDDLEWARE = 'virtual:onetrace/middleware';

/**
 * Astro integration: names the server span of each request after the route that answers it. Adds one middleware in front of all
 * others; without the preload it does nothing.
 */
export default function onetrace(): AstroIntegration {
  return {
    name: '@onetrace/instrumentation',
    hooks: {
      'astro:config:setup': ({ config, addMiddleware, updateConfig }) => {
        addMiddleware({ order: 'pre', entrypoint: MIDDLEWARE });
        updateConfig({
          vite: { plugins: [middlewareModule({ base: config.base, trailingSlash: config.trailingSlash })] },
        });
      },
    },
  };
}

/** A module written at build time is how the site's settings reach code that runs in production, where there is no config. */
function middlewareModule(style: RouteStyle) {
  const resolved = `\0${MIDDLEWARE}`;
  return {
    name: 'onetrace-middleware',
    resolveId: (id: string) => (id === MIDDLEWARE ? resolved : undefined),
    load: (id: string) =>
      id === resolved
        ? `import { routeMiddleware } from '@onetrace/instrumentation/astro/middleware';
export const onRequest = routeMiddleware(${JSON.stringify(style)});`
        : undefined,
  };
}
