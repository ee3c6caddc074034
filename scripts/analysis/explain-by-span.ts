import type { CurlTimes } from '../model/request.ts';
import { NS_PER_MS } from '../model/units.ts';
import type { Account } from './account.ts';
import { type CurlPhase, curlPhases, readCurlTimes } from './curl.ts';
import { selfTime } from './gaps.ts';
import { NGINX_RESOLUTION_MS, type UpstreamTimes, upstreamTimes } from './nginx.ts';
import type { Node } from './node.ts';
import { isInProcess } from './outgoing.ts';
import { calledService, isWaitForLoop, isWaitInQueue } from './span-kinds.ts';

type Label = Pick<Account, 'kind' | 'name'>;
type Part = Label & Pick<Account, 'ns'>;

interface Stretch {
  start: number;
  end: number;
}

/** What a span says of the stretches that it had for itself. The parts add up to them. */
export function explainBySpan(node: Node, stretches: readonly Stretch[]): Part[] {
  const { span } = node;
  const ns = stretches.reduce((sum, { start, end }) => sum + end - start, 0);
  const callee = calledService(node);
  const curl = readCurlTimes(span);
  const upstream = upstreamTimes(span);

  if (curl) return explainCurl(node, curl, stretches, ns);
  if (upstream) return explainProxy(node, upstream, ns);
  if (span.kind === 'client' && callee) return [{ ...between(node, callee), ns }];
  if (isInProcess(node.span)) return [{ kind: 'cpu', name: `${own(node)} (SQLite, in the process)`, ns }];
  if (span.kind === 'client' || isWaitInQueue(node)) return [{ kind: 'wait', name: own(node), ns }];
  if (isWaitForLoop(node)) return [{ kind: 'blocked', name: `${own(node)}: event loop busy`, ns }];
  return [{ kind: 'unknown', name: own(node), ns }];
}

function explainCurl(node: Node, times: CurlTimes, stretches: readonly Stretch[], ns: number): Part[] {
  const parts = curlPhases(times).map((phase): Part => {
    const [start, end] = [phase.start, phase.end].map((ms) => node.start + Math.round(ms * NS_PER_MS)) as [
      number,
      number,
    ];
    return { ...curlStep(phase.step, node), ns: overlap(stretches, start, end) };
  });
  const explained = parts.reduce((sum, part) => sum + part.ns, 0);
  return [...parts, { kind: 'unknown', name: own(node), ns: ns - explained }];
}

function curlStep(step: CurlPhase['step'], node: Node): Label {
  const { service } = node.span;
  const callee = calledService(node);
  switch (step) {
    case 'dns':
      return { kind: 'network', name: `${service}: name look-up` };
    case 'connect':
      return { kind: 'network', name: `${service}: TCP connect` };
    case 'tls':
      return { kind: 'network', name: `${service}: TLS handshake` };
    case 'prepare':
      return { kind: 'cpu', name: `${service}: preparing the request` };
    case 'wait':
      return callee ? between(node, callee) : { kind: 'wait', name: `${service}: waiting for the first byte` };
    case 'transfer':
      return { kind: 'network', name: `${service}: receiving the body` };
  }
}

/**
 * Of the time that a proxy's span has for itself, the exchange with the upstream has what the proxy measured of it beyond the
 * upstream's own span; what it measured outside of the exchange is its caller's connection.
 */
function explainProxy(node: Node, times: UpstreamTimes, ns: number): Part[] {
  if (times.response === null) return [{ kind: 'unknown', name: own(node), ns }];
  const callee = calledService(node);
  const covered = node.end - node.start - selfTime(node);
  const exchange = Math.min(ns, Math.max(0, (times.response + NGINX_RESOLUTION_MS) * NS_PER_MS - covered));
  const outside = times.own === null ? 0 : Math.min(ns - exchange, (times.own + NGINX_RESOLUTION_MS) * NS_PER_MS);
  const { service } = node.span;
  const rest: Part[] = [
    { kind: 'network', name: `${service}: reading the request, sending the response`, ns: outside },
    { kind: 'unknown', name: own(node), ns: ns - exchange - outside },
  ];
  if (!callee) {
    return [
      { kind: 'wait', name: `${service}: waiting for ${times.upstream}, which sent no span`, ns: exchange },
      ...rest,
    ];
  }
  const connect = Math.min(exchange, (times.connect ?? 0) * NS_PER_MS);
  const connecting: Part = { kind: 'network', name: `${service} → ${callee.span.service}: connect`, ns: connect };
  return [connecting, { ...between(node, callee), ns: exchange - connect }, ...rest];
}

/** ns of the stretches that lie between the two times. */
function overlap(stretches: readonly Stretch[], start: number, end: number): number {
  return stretches.reduce(
    (sum, stretch) => sum + Math.max(0, Math.min(stretch.end, end) - Math.max(stretch.start, start)),
    0,
  );
}

function between(caller: Node, callee: Node): Label {
  return { kind: 'network', name: `${caller.span.service} ↔ ${callee.span.service}` };
}

function own(node: Node): string {
  return `${node.span.service}: ${node.span.name}`;
}
