import type { Span, Trace } from '../../scripts/model/trace.ts';
import { draw } from './draw.ts';

/**
 * The page of the first user's story: 34 ms in the app, of which the database takes none. The worker has its answer at once, yet the
 * main thread sees it 13 ms later.
 */
export function firstUserTrace(): Trace {
  return draw(
    `
    curl/GET                                                  ├─────────────────────────────────────┤
      nginx/GET                                                ├───────────────────────────────────┤
        astro-ssr/GET /svg_icons/[category]/[icon]/             ├─────────────────────────────────┤
          astro-ssr/astro.middleware logger                     ├────────────────────────────────┤
            astro-ssr/astro.page.render                          ├──────────────────────────────┤
              astro-ssr/pool.query iconByName                     ├────────────┤
                astro-ssr/worker iconByName                        ├┤
                  astro-ssr/SELECT icons                           |
              astro-ssr/astro.component IconPreview                               ├────────────┤
                astro-ssr/svgo.optimize                                            ├────────┤
    `,
    details,
  );
}

const server = 'server' as const;
const details: Record<string, Partial<Span>> = {
  'curl/GET': {
    kind: 'client',
    traceState: 'onetrace=force',
    attributes: {
      'url.full': 'http://127.0.0.1:8080/freedevtools/svg_icons/8bit/sharp-solid-alien-8bit/',
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'http.response.body.size': 18_412,
      'onetrace.curl.namelookup_ms': 0.05,
      'onetrace.curl.connect_ms': 0.25,
      'onetrace.curl.appconnect_ms': 0,
      'onetrace.curl.pretransfer_ms': 0.4,
      'onetrace.curl.starttransfer_ms': 36.5,
      'onetrace.curl.total_ms': 38,
    },
  },
  'nginx/GET': {
    kind: server,
    attributes: {
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'nginx.upstream_addr': '127.0.0.1:4321',
      'nginx.upstream_connect_time': '0.000',
      'nginx.upstream_header_time': '0.033',
      'nginx.upstream_response_time': '0.035',
      'nginx.request_time': '0.036',
      'nginx.upstream_status': '200',
    },
  },
  'GET /svg_icons/[category]/[icon]/': {
    kind: server,
    attributes: { 'http.route': '/svg_icons/[category]/[icon]/', 'http.response.status_code': 200 },
  },
  'SELECT icons': { kind: 'client', attributes: { 'db.system.name': 'sqlite' } },
};
