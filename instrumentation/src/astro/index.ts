import { fileURLToPath } from 'node:url';
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

/**
 * A module written at build time is how the site's settings reach code that runs in production, where there is no config. It names the
 * middleware by its file, so that it is bundled, however this package was installed.
 */
function middlewareModule(style: RouteStyle) {
  const resolved = `\0${MIDDLEWARE}`;
  return {
    name: 'onetrace-middleware',
    resolveId: (id: string) => (id === MIDDLEWARE ? resolved : undefined),
    load: (id: string) =>
      id === resolved
        ? `import { routeMiddleware } from ${JSON.stringify(middlewareFile())};
export const onRequest = routeMiddleware(${JSON.stringify(style)});`
        : undefined,
  };
}

function middlewareFile(): string {
  return fileURLToPath(import.meta.url.replace(/index\.(\w+)$/, 'middleware.$1')).replaceAll('\\', '/');
}
