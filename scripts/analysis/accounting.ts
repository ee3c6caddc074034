import type { CurlTimes } from '../model/request.ts';
import { NS_PER_MS } from '../model/units.ts';
import type { CriticalPath, PathSegment } from './critical-path.ts';
import { type CurlPhase, curlPhases, readCurlTimes } from './curl.ts';
import { selfTime } from './gaps.ts';
import { NGINX_RESOLUTION_MS, type UpstreamTimes, upstreamTimes } from './nginx.ts';
import type { Node } from './node.ts';

/** A name for a part of the total. */
export interface Account {
  kind: 'cpu' | 'gc' | 'blocked' | 'wait' | 'network' | 'unknown';
  name: string;
  /** `file:line`, once function samples can tell. */
  location: string | null;
  ns: number;
}

/**
 * Shares out the critical path, so that the accounts add up to the root's duration. What neither a span nor a program's own
 * statement explains stays `unknown`, under the name of the span in which it happened: nothing is guessed.
 */
export function account(path: CriticalPath): Account[] {
  const sums = new Map<string, Account>();
  for (const [node, segments] of groupByNode(path.segments)) {
    for (const part of explain(node, segments)) {
      const key = `${part.kind} ${part.name}`;
      const known = sums.get(key);
      if (known) known.ns += part.ns;
      else if (part.ns > 0) sums.set(key, { ...part, location: null });
    }
  }
  return [...sums.values()].sort((a, b) => b.ns - a.ns);
}

type Label = Pick<Account, 'kind' | 'name'>;
type Part = Label & Pick<Account, 'ns'>;

function groupByNode(segments: PathSegment[]): Map<Node, PathSegment[]> {
  const groups = new Map<Node, PathSegment[]>();
  for (const segment of segments) {
    const group = groups.get(segment.node);
    if (group) group.push(segment);
    else groups.set(segment.node, [segment]);
  }
  return groups;
}

function explain(node: Node, segments: PathSegment[]): Part[] {
  const { span } = node;
  const ns = overlap(segments, node.start, node.end);
  const callee = node.children.find((child) => child.span.kind === 'server' && child.span.service !== span.service);
  const curl = readCurlTimes(span);
  const upstream = upstreamTimes(span);

  if (curl) return explainCurl(node, curl, segments, callee);
  if (upstream) return explainProxy(node, upstream, ns, callee);
  if (span.kind === 'client' && callee) return [{ ...between(node, callee), ns }];
  if (span.kind === 'client' && !inProcess(node)) return [{ kind: 'wait', name: own(node), ns }];
  return [{ kind: 'unknown', name: own(node), ns }];
}

function explainCurl(node: Node, times: CurlTimes, segments: PathSegment[], callee: Node | undefined): Part[] {
  const parts = curlPhases(times).map((phase): Part => {
    const ns = overlap(segments, node.start + phase.start * NS_PER_MS, node.start + phase.end * NS_PER_MS);
    return { ...curlStep(phase.step, node, callee), ns };
  });
  const explained = parts.reduce((sum, part) => sum + part.ns, 0);
  return [...parts, { kind: 'unknown', name: own(node), ns: overlap(segments, node.start, node.end) - explained }];
}

function curlStep(step: CurlPhase['step'], node: Node, callee: Node | undefined): Label {
  const { service } = node.span;
  switch (step) {
    case 'dns':
      return { kind: 'network', name: `${service}: name look-up` };
    case 'connect':
      return { kind: 'network', name: `${service}: TCP connect` };
    case 'tls':
      return { kind: 'network', name: `${service}: TLS handshake` };
    case 'prepare':
      return { kind: 'unknown', name: own(node) };
    case 'wait':
      return callee ? between(node, callee) : { kind: 'wait', name: `${service}: waiting for the first byte` };
    case 'transfer':
      return { kind: 'network', name: `${service}: receiving the body` };
  }
}

/**
 * Of the time that a proxy's span has for itself, the exchange with the upstream has what the proxy measured of it beyond the
 * upstream's own span; the rest is the proxy's.
 */
function explainProxy(node: Node, times: UpstreamTimes, ns: number, callee: Node | undefined): Part[] {
  if (times.response === null) return [{ kind: 'unknown', name: own(node), ns }];
  const covered = node.end - node.start - selfTime(node);
  const exchange = Math.min(ns, Math.max(0, (times.response + NGINX_RESOLUTION_MS) * NS_PER_MS - covered));
  const rest: Part = { kind: 'unknown', name: own(node), ns: ns - exchange };
  if (!callee) {
    const name = `${node.span.service}: waiting for ${times.upstream}, which sent no span`;
    return [{ kind: 'wait', name, ns: exchange }, rest];
  }
  const connect = Math.min(exchange, (times.connect ?? 0) * NS_PER_MS);
  const connecting: Part = {
    kind: 'network',
    name: `${node.span.service} → ${callee.span.service}: connect`,
    ns: connect,
  };
  return [connecting, { ...between(node, callee), ns: exchange - connect }, rest];
}

/** ns of the segments that lie between the two times. */
function overlap(segments: PathSegment[], start: number, end: number): number {
  return segments.reduce(
    (sum, segment) => sum + Math.max(0, Math.min(segment.end, end) - Math.max(segment.start, start)),
    0,
  );
}

function between(caller: Node, callee: Node): Label {
  return { kind: 'network', name: `${caller.span.service} ↔ ${callee.span.service}` };
}

/** SQLite's spans are client spans by convention, although nothing is waited for outside of the process. */
function inProcess(node: Node): boolean {
  return (node.span.attributes['db.system.name'] ?? node.span.attributes['db.system']) === 'sqlite';
}

function own(node: Node): string {
  return `${node.span.service}: ${node.span.name}`;
}
