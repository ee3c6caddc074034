import { account } from '../analysis/accounting.ts';
import { type CriticalPath, criticalPath } from '../analysis/critical-path.ts';
import { findGaps, selfTime } from '../analysis/gaps.ts';
import { askedUpstream, NGINX_RESOLUTION_MS, upstreamTimes } from '../analysis/nginx.ts';
import type { Node } from '../analysis/node.ts';
import { samplesOf } from '../analysis/profile/inferred.ts';
import { refusals } from '../analysis/profile/offer.ts';
import { buildTree } from '../analysis/tree.ts';
import { waterfall } from '../analysis/waterfall.ts';
import type { RequestFacts } from '../model/request.ts';
import type { Trace, Warning } from '../model/trace.ts';
import { toMs } from '../model/units.ts';
import { describeAccount } from './account.ts';
import { findAll } from './findings.ts';
import { describeGraph } from './graph.ts';
import { describeRequest } from './request.ts';
import type { Report } from './schema.ts';

export interface ReportInput {
  trace: Trace;
  /** What the sender of the request knows; null: read from the trace what it says. */
  request: RequestFacts | null;
  /** Those of the parser and of whoever fetched the trace. */
  warnings: readonly Warning[];
  /** Where to see more of the trace. */
  links?: Report['links'];
}

const nowhere: Report['links'] = { jaeger: null, file: null };

/** All analyses of one trace, as one object. Times count from the start of the main root. */
export function buildReport({ trace, request, warnings, links = nowhere }: ReportInput): Report {
  const tree = buildTree(trace);
  const rows = waterfall(tree.roots);
  const nodes = rows.map((row) => row.node).filter(({ estimated }) => !estimated);
  const path: CriticalPath = tree.main ? criticalPath(tree.main) : { segments: [], nodes: new Set() };
  const zero = tree.main?.start ?? 0;
  const total = tree.main ? tree.main.end - tree.main.start : 0;
  const shortest = Math.max(1, total * LEAST_GAP_SHARE);
  const proxies = nodes.filter(({ span }) => askedUpstream(span));

  return {
    traceId: trace.traceId,
    links,
    request: describeRequest(request, tree.main?.span ?? null),
    totalMs: toMs(total),
    spans: rows.map(({ node, depth }) => describeSpan(node, depth, zero, path)),
    gaps: nodes
      .filter(({ start, end }) => end - start >= shortest)
      .flatMap((node) => describeGaps(node, zero, shortest)),
    criticalPath: path.segments.map(({ node, start, end }) => ({
      spanId: node.span.spanId,
      ...stretch(start, end, zero),
    })),
    accounting: account(path).map((entry) => describeAccount(entry, total)),
    hops: proxies.flatMap(describeHop),
    graph: describeGraph(nodes, null),
    findings: findAll({ nodes, proxies, main: tree.main, request }),
    warnings: [...warnings, ...tree.warnings, ...refusals([trace])],
  };
}

/** A gap of less than a hundredth of the total is not where the time went. */
const LEAST_GAP_SHARE = 0.01;

function describeSpan(node: Node, depth: number, zero: number, path: CriticalPath): Report['spans'][number] {
  const { span } = node;
  return {
    id: span.spanId,
    parentId: span.parentId,
    service: span.service,
    name: span.name,
    kind: span.kind,
    // Written out, here only: a spread costs as much as all the rest.
    startMs: toMs(node.start - zero),
    durationMs: toMs(node.end - node.start),
    selfMs: toMs(selfTime(node)),
    depth,
    onCriticalPath: path.nodes.has(node),
    error: node.error,
    samples: node.estimated ? samplesOf(span) : null,
    attributes: span.attributes as Report['spans'][number]['attributes'],
    events: span.events.length === 0 ? NO_EVENTS : describeEvents(node, zero),
  };
}

/** Most spans have none: no list for each. */
const NO_EVENTS: Report['spans'][number]['events'] = [];

function describeEvents({ span, start }: Node, zero: number): Report['spans'][number]['events'] {
  return span.events.map(({ name, time, attributes }) => ({
    name,
    atMs: toMs(time + start - span.start - zero),
    attributes: { ...attributes },
  }));
}

function describeGaps(node: Node, zero: number, shortest: number): Report['gaps'] {
  return findGaps(node, shortest).map(({ start, end, before, after }) => ({
    spanId: node.span.spanId,
    ...stretch(start, end, zero),
    before: neighbour(before),
    after: neighbour(after),
  }));
}

function neighbour(node: Node | null): Report['gaps'][number]['before'] {
  return node && { id: node.span.spanId, name: node.span.name };
}

function describeHop({ span }: Node): Report['hops'] {
  const times = upstreamTimes(span);
  if (!times) return [];
  return [
    {
      spanId: span.spanId,
      service: span.service,
      upstream: times.upstream,
      resolutionMs: NGINX_RESOLUTION_MS,
      ownMs: times.own,
      connectMs: times.connect,
      firstByteMs: times.firstByte,
      transferMs: times.transfer,
    },
  ];
}

function stretch(start: number, end: number, zero: number): { startMs: number; durationMs: number } {
  return { startMs: toMs(start - zero), durationMs: toMs(end - start) };
}
