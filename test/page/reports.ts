import type { Span, Trace } from '../../scripts/model/trace.ts';
import { buildReport } from '../../scripts/report/build.ts';
import type { FlameFrame, ProfileReport, ProfileRow } from '../../scripts/report/profile.ts';
import type { Report } from '../../scripts/report/schema.ts';
import { draw } from '../traces/draw.ts';
import { firstUserTrace } from '../traces/first-user.ts';

/** The first user's page: 10 spans, 3 services, without findings. */
export const firstUser = (): Report => buildReport({ trace: firstUserTrace(), request: null, warnings: [] });

/** A bit of everything that a page can show: an error with its event, estimates, gaps, findings, warnings. */
export function eventful(): Report {
  const trace = eventfulTrace();
  const spanIds = [trace.spans[5]?.spanId ?? ''];
  return buildReport({ trace, request: null, warnings: [{ code: 'odd', message: 'something is odd', spanIds }] });
}

export function eventfulTrace(): Trace {
  return draw(
    `
    curl/GET                      ├──────────────────────────────┤
      app/GET /things              ├────────────────────────────┤
        app/renderThings             ├──────────┤
          app/parse                   ├───┤
          app/garbage collection           ├┤
        app/SELECT things                         ├──────────┤
    `,
    {
      parse: { attributes: estimate('cpu', 4, { 'code.file.path': 'src/parse.ts', 'code.line.number': 12 }) },
      'garbage collection': { attributes: estimate('gc', 1) },
      'SELECT things': {
        kind: 'client',
        status: { code: 'error', message: 'no such table: things' },
        attributes: { 'db.query.text': 'SELECT * FROM things' },
        events: [{ name: 'exception', time: 25e6, attributes: { 'exception.stacktrace': 'Error\n  at query' } }],
      },
    },
  );
}

const estimate = (kind: string, samples: number, more: Span['attributes'] = {}) => ({
  'onetrace.inferred': true,
  'onetrace.kind': kind,
  'onetrace.samples': samples,
  ...more,
});

/** One root with so many spans below it, in families of ten. */
export function large(count: number): Report {
  const report = firstUser();
  const [root, child] = report.spans;
  if (!root || !child) throw new Error('the first user has spans');
  const below = Array.from({ length: count - 1 }, (_, index) => {
    const first = index % 10 === 0;
    const parent = index - (index % 10);
    return {
      ...child,
      id: `n${index}`,
      parentId: first ? root.id : `n${parent}`,
      name: `work ${index}`,
      startMs: (index / count) * root.durationMs,
      durationMs: (first ? 10 : 1) * (root.durationMs / count),
      depth: first ? 1 : 2,
      onCriticalPath: first,
    };
  });
  return { ...report, spans: [root, ...below] };
}

/** Names as somebody would choose them who wants to take over the page. */
export function hostile(): Report {
  const evil = '</script><script>window.pwned = 1</script><img src="http://evil.invalid/x" onerror="window.pwned = 1">';
  const report = eventful();
  return {
    ...report,
    links: { jaeger: 'javascript:window.pwned=1', file: evil },
    request: { url: evil, method: evil, status: 200, bytes: 1, redirects: 1, redirectUrl: evil, timings: null },
    spans: report.spans.map((span) => ({
      ...span,
      name: evil,
      service: `${evil}${span.service}`,
      error: evil,
      attributes: { [evil]: evil, 'code.file.path': evil },
      events: [{ name: evil, atMs: 1, attributes: { [evil]: [evil] } }],
    })),
    accounting: report.accounting.map((account) => ({ ...account, name: evil, location: evil })),
    findings: [
      {
        rule: 'error',
        severity: 'error',
        message: evil,
        ms: 1,
        spanIds: report.spans.map(({ id }) => id),
        next: evil,
        plan: { verdict: 'unverified', database: evil, lines: [evil], reason: evil },
      },
    ],
    warnings: [{ code: 'odd', message: evil, spanIds: [] }],
  };
}

export function profile(): ProfileReport {
  const row = (kind: ProfileRow['kind'], name: string, location: string | null, share: number): ProfileRow => ({
    kind,
    name,
    location,
    origin: location === null ? null : 'app',
    library: null,
    caller: null,
    samples: location === null ? 0 : Math.round(share * 1600),
    meanMs: share * 33,
    p50Ms: share * 30,
    p95Ms: share * 45,
    share,
    fastMs: share * 25,
    slowMs: share * 40,
  });
  const frame = (name: string, kind: FlameFrame['kind'], valueMs: number, children: FlameFrame[] = []): FlameFrame => ({
    name,
    location: kind === 'cpu' ? `src/${name}.ts:7` : null,
    kind,
    valueMs,
    samples: kind === 'span' ? null : valueMs,
    children,
  });
  return {
    url: 'http://127.0.0.1:8080/things/',
    method: 'GET',
    requests: 50,
    concurrency: 1,
    failed: 1,
    samples: 1100,
    totalMs: { min: 28, p50: 31, p95: 44, max: 61, mean: 33 },
    categories: [row('cpu', 'cpu', null, 0.7), row('gc', 'gc', null, 0.2), row('unknown', 'unknown', null, 0.1)],
    owners: [row('cpu', 'your own', null, 0.7)],
    functions: [row('cpu', 'parse', 'src/parse.ts:7', 0.5), row('gc', 'garbage collection', null, 0.2)],
    flame: frame('50 requests', 'span', 1600, [
      frame('GET /things', 'span', 1500, [
        frame('render', 'cpu', 900, [frame('parse', 'cpu', 600), frame('tokenize', 'cpu', 200)]),
        frame('garbage collection', 'gc', 300),
        frame('query', 'span', 200, [frame('parse', 'cpu', 50)]),
      ]),
    ]),
    reports: [
      { label: 'median request', report: firstUser() },
      { label: 'slowest request', report: eventful() },
    ],
    traces: [{ traceId: firstUser().traceId, totalMs: firstUser().totalMs }],
    warnings: [],
  };
}
