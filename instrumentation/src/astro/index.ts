import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import type { ComponentOptions } from './bridge.ts';
import { seamsPlugin } from './build/plugin.ts';
import { sourceMapsPlugin } from './build/source-maps.ts';
import { threadNamesPlugin } from './build/thread-names.ts';
import type { RouteStyle } from './route.ts';

const MIDDLEWARE = 'virtual:onetrace/middleware';

export interface Options extends ComponentOptions {
  /** false: only the route's name on the server span, nothing is put into Astro's code. */
  spans?: boolean;
}

/**
 * Astro integration: names the server span of each request after the route that answers it, and makes spans of what Astro does for it.
 * Without the preload the built server runs as before.
 */
export default function onetrace({ spans = true, ...components }: Options = {}): AstroIntegration {
  return {
    name: '@onetrace/instrumentation',
    hooks: {
      'astro:config:setup': ({ config, command, addMiddleware, updateConfig, logger }) => {
        addMiddleware({ order: 'pre', entrypoint: MIDDLEWARE });
        const style: RouteStyle = { base: config.base, trailingSlash: config.trailingSlash };
        const seams = spans && seamsPlugin((line) => logger.warn(line), command === 'build');
        const maps = command === 'build' && sourceMapsPlugin(config.vite.build?.sourcemap !== undefined);
        updateConfig({ vite: { plugins: [middlewareModule(style, components), seams, threadNamesPlugin(), maps] } });
      },
    },
  };
}

/**
 * A module written at build time is how the site's settings reach code that runs in production, where there is no config. It names the
 * middleware by its file, so that it is bundled, however this package was installed.
 */
function middlewareModule(style: RouteStyle, components: ComponentOptions) {
  const resolved = `\0${MIDDLEWARE}`;
  return {
    name: 'onetrace-middleware',
    resolveId: (id: string) => (id === MIDDLEWARE ? resolved : undefined),
    load: (id: string) =>
      id === resolved
        ? `import { configure, routeMiddleware } from ${JSON.stringify(middlewareFile())};
configure(${JSON.stringify(components)}, ${JSON.stringify(islandKey())});
export const onRequest = routeMiddleware(${JSON.stringify(style)});`
        : undefined,
  };
}

/** As long-lived as the key by which Astro encrypts the parameters of islands: that of ASTRO_KEY, or the build's. */
function islandKey(): string {
  return createHash('sha256')
    .update(`onetrace ${process.env.ASTRO_KEY ?? randomUUID()}`)
    .digest('hex');
}

function middlewareFile(): string {
  return fileURLToPath(import.meta.url.replace(/index\.(\w+)$/, 'middleware.$1')).replaceAll('\\', '/');
}
