import type { Node } from './node.ts';
import { peerOf, toldText } from './semantics.ts';

export interface ServiceGraph {
  /** Callers before those they call, as far as there is such an order. */
  services: Service[];
  /** In the order of their callers, the most frequent first. */
  calls: Call[];
}

interface Service {
  name: string;
  /** `database` and `peer` have sent no span: a caller's span names them. */
  kind: 'service' | 'database' | 'peer';
  /** Spans that it sent; 0: none. */
  spans: number;
  /** Of these, those that failed. */
  errors: number;
}

/** All calls of one service to another, or to itself over the network. */
interface Call {
  from: string;
  to: string;
  calls: number;
  /** Of these, those that failed on either side. */
  errors: number;
  /** ns of each, as the caller saw it where it has a span of its own for the call; in no order. */
  durations: number[];
}

/** Who calls whom, from all spans of a set of traces. */
export function buildServiceGraph(nodes: Iterable<Node>): ServiceGraph {
  const services = new Map<string, Service>();
  const calls = new Map<string, Map<string, Call>>();
  for (const node of nodes) {
    if (node.estimated) continue;
    const service = serviceIn(services, node.span.service);
    service.kind = 'service';
    service.spans += 1;
    if (node.error !== null) service.errors += 1;
    for (const { from, to, kind, ns, failed } of callsOf(node)) {
      if (kind !== 'service' && !services.has(to)) serviceIn(services, to).kind = kind;
      const call = callIn(calls, from, to);
      call.calls += 1;
      call.durations.push(ns);
      if (failed) call.errors += 1;
    }
  }
  const order = callersFirst([...services.keys()], calls);
  return {
    services: order.flatMap((name) => services.get(name) ?? []),
    calls: order.flatMap((name) => [...(calls.get(name)?.values() ?? [])].sort((a, b) => b.calls - a.calls)),
  };
}

interface OneCall {
  from: string;
  to: string;
  kind: Service['kind'];
  ns: number;
  failed: boolean;
}

const NO_CALLS: readonly OneCall[] = [];

/** The call that this span answers, and the call that it makes to somebody who sends no spans. */
function callsOf(node: Node): readonly OneCall[] {
  const { span, parent } = node;
  const isAnswer = parent !== null && crosses(parent, node);
  if (!isAnswer && !isOutgoing(node)) return NO_CALLS;
  const failed = node.error !== null;
  const calls: OneCall[] = [];
  if (isAnswer) {
    const caller = isOutgoing(parent) ? parent : node;
    const ns = caller.end - caller.start;
    calls.push({
      from: parent.span.service,
      to: span.service,
      kind: 'service',
      ns,
      failed: failed || caller.error !== null,
    });
  }
  const peer = isOutgoing(node) && !node.children.some((child) => crosses(node, child)) ? peerOf(span) : null;
  // A service that plays the part of a database, as demos do, is no caller of itself.
  if (peer !== null && peer !== span.service) {
    const kind = toldText(span, 'system') === null ? 'peer' : 'database';
    calls.push({ from: span.service, to: peer, kind, ns: node.end - node.start, failed });
  }
  return calls;
}

/** A service may call itself: then only the kinds tell that there was a network between the two. */
function crosses(parent: Node, child: Node): boolean {
  if (parent.span.service !== child.span.service) return true;
  return isOutgoing(parent) && (child.span.kind === 'server' || child.span.kind === 'consumer');
}

function isOutgoing({ span }: Node): boolean {
  return span.kind === 'client' || span.kind === 'producer';
}

function serviceIn(services: Map<string, Service>, name: string): Service {
  const known = services.get(name);
  if (known) return known;
  const service: Service = { name, kind: 'service', spans: 0, errors: 0 };
  services.set(name, service);
  return service;
}

function callIn(calls: Map<string, Map<string, Call>>, from: string, to: string): Call {
  const ofCaller = calls.get(from) ?? new Map<string, Call>();
  calls.set(from, ofCaller);
  const call = ofCaller.get(to) ?? { from, to, calls: 0, errors: 0, durations: [] };
  ofCaller.set(to, call);
  return call;
}

/** Those whose callers are all placed come next; where services call in circles, the one that was seen first. */
function callersFirst(names: readonly string[], calls: Map<string, Map<string, Call>>): string[] {
  const callers = new Map<string, number>(names.map((name) => [name, 0]));
  for (const ofCaller of calls.values()) {
    for (const { from, to } of ofCaller.values()) if (from !== to) callers.set(to, (callers.get(to) ?? 0) + 1);
  }
  const waiting = new Set(names);
  const ready = names.filter((name) => callers.get(name) === 0);
  const order: string[] = [];
  while (waiting.size > 0) {
    const next = ready.shift() ?? [...waiting][0] ?? '';
    if (!waiting.delete(next)) continue;
    order.push(next);
    for (const { to } of calls.get(next)?.values() ?? []) {
      const left = (callers.get(to) ?? 0) - 1;
      callers.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return order;
}
