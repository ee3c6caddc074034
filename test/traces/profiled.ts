import type { Trace } from '../../scripts/model/trace.ts';
import { buildProfile, type ProfileInput } from '../../scripts/report/build-profile.ts';
import type { ProfileReport } from '../../scripts/report/profile.ts';
import { draw } from './draw.ts';
import { sampled } from './samples.ts';

/** A page whose highlighting takes 20 ms in half of the requests, and 10 ms in the others. */
export function profiledTraces(): Trace[] {
  return [slow('1'), fast('2'), fast('3'), slow('4')];
}

export function profileOf(traces: readonly Trace[], rest: Partial<ProfileInput> = {}): ProfileReport {
  return buildProfile({
    url: 'http://127.0.0.1:8080/icons/',
    method: 'GET',
    concurrency: 1,
    requests: traces.map((trace) => ({ trace, request: null })),
    failed: 0,
    warnings: [],
    linksOf: () => ({ jaeger: null, file: null }),
    ...rest,
  });
}

const slow = (digit: string) =>
  trace(
    digit,
    `
    nginx/GET                        ├──────────────────────────────┤
      app/GET /icons/                 ├───────────────────────────┤
        app/highlight                  ├───────────────────┤
          app/toHtml                    ├─────────────────┤
        app/garbage collection                             ├─┤
        app/SELECT icon                                      ├─┤
    `,
  );

const fast = (digit: string) =>
  trace(
    digit,
    `
    nginx/GET                        ├──────────────────┤
      app/GET /icons/                 ├───────────────┤
        app/highlight                  ├─────────┤
          app/toHtml                    ├───────┤
        app/SELECT icon                          ├─┤
    `,
  );

function trace(digit: string, drawing: string): Trace {
  const drawn = draw(drawing, {
    'nginx/GET': {
      kind: 'server',
      attributes: {
        'url.path': '/icons/',
        'http.request.method': 'GET',
        'nginx.upstream_addr': '127.0.0.1:4321',
        'nginx.upstream_response_time': '0.030',
      },
    },
    'app/GET /icons/': { kind: 'server', attributes: { 'onetrace.profile.samples': 30 } },
    'app/highlight': sampled({ at: 'src/highlight.ts:12', of: 'app', samples: 20 }),
    'app/toHtml': sampled({ at: 'node_modules/shiki/core.mjs:7', of: 'shiki', samples: 18 }),
    'app/garbage collection': sampled({ samples: 2 }, 'gc'),
    'app/SELECT icon': { kind: 'client', attributes: { 'db.system.name': 'sqlite' } },
  });
  return { ...drawn, traceId: digit.repeat(32) };
}
