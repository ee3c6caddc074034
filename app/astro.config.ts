import node from '@astrojs/node';
import onetrace from '@onetrace/instrumentation/astro';
import { defineConfig } from 'astro/config';
import { workerUrl } from './vite/worker-url.ts';

export default defineConfig({
  output: 'server',
  adapter: node({
    mode: 'standalone',
    // The adapter answers 500 to a body over its limit; src/http/read-body.ts has a limit of its own and answers 413.
    bodySizeLimit: 0,
  }),
  integrations: [onetrace()],
  // Defaults for `dev` and for the built server, where HOST and PORT override them.
  server: { host: '127.0.0.1', port: 4321 },
  // Pages end with a slash, /healthz and the API do not: src/middleware/canonical-url.ts sees to it, as 'always' cannot.
  trailingSlash: 'ignore',
  // Everything but /healthz lives under one prefix, so that a proxy can share the host with other applications.
  build: { assets: 'freedevtools/_astro' },
  redirects: { '/': '/freedevtools/svg_icons/', '/freedevtools/': '/freedevtools/svg_icons/' },
  // The adapter would otherwise set up sessions in files, which nothing here uses.
  session: false,
  // Without cookies there is no request to forge, and the check would refuse `curl -d`.
  security: { checkOrigin: false },
  vite: {
    plugins: [workerUrl()],
    // An inlined script would need an exception in the content security policy.
    build: { assetsInlineLimit: 0 },
  },
});
