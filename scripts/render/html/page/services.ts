import type { Report } from '../../../report/schema.ts';

/** As many as can be told apart; further services take them again from the first. */
const COLOURS = 8;

/** The services in the order in which the request met them, each with the class of its colour. */
export function colourServices(spans: Report['spans']): Map<string, string> {
  const names = new Set(spans.map(({ service }) => service));
  return new Map([...names].map((name, index) => [name, `colour-${index % COLOURS}`]));
}

export interface Service {
  name: string;
  spans: number;
  errors: number;
  /** Time of its spans in which no child was running. */
  selfMs: number;
}

/** Calls of one service by another: its spans right below the other's. */
export interface Calls {
  from: string;
  to: string;
  calls: number;
  errors: number;
  ms: number;
}

export function serviceGraph(spans: Report['spans']): { services: Service[]; calls: Calls[] } {
  const services = new Map<string, Service>();
  const calls = new Map<string, Calls>();
  const above: Report['spans'] = [];
  for (const span of spans) {
    above[span.depth] = span;
    const failed = span.error === null ? 0 : 1;
    const service = entry(services, span.service, () => ({ name: span.service, spans: 0, errors: 0, selfMs: 0 }));
    service.spans += 1;
    service.errors += failed;
    service.selfMs += span.selfMs;
    const caller = span.depth > 0 ? above[span.depth - 1]?.service : undefined;
    if (caller === undefined || caller === span.service) continue;
    const edge = entry(calls, JSON.stringify([caller, span.service]), () => ({
      from: caller,
      to: span.service,
      calls: 0,
      errors: 0,
      ms: 0,
    }));
    edge.calls += 1;
    edge.errors += failed;
    edge.ms += span.durationMs;
  }
  return { services: [...services.values()], calls: [...calls.values()] };
}

function entry<V>(map: Map<string, V>, key: string, create: () => V): V {
  const known = map.get(key);
  if (known) return known;
  const created = create();
  map.set(key, created);
  return created;
}
