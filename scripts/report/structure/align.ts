import { roundMs } from '../../model/units.ts';
import type { Report } from '../schema.ts';
import { type Nested, nest } from './nest.ts';

/** A place in the structure that several traces share: service, span name, the way there from the root. */
export interface Place {
  service: string;
  name: string;
  /** 1 for the first of its name among its siblings; null: the only one, or several as one. */
  ordinal: number | null;
  /** Siblings of this name were too many to be told apart: the samples are their sums. */
  folded: boolean;
  /** 0: a root. */
  depth: number;
  parent: Pick<Place, 'service' | 'name' | 'ordinal' | 'parent'> | null;
  /** One for each trace, in their order; null: that trace has no such span. */
  samples: (Sample | null)[];
}

/** What one trace spends in a place. */
export interface Sample {
  /** How many spans the place stands for. */
  spans: number;
  durationMs: number;
  selfMs: number;
  /** The part of the critical path that belongs to these spans themselves: over all places of a trace it adds up to the total. */
  pathMs: number;
}

/** More siblings of one name than this are one place: which of a hundred queries is the 37th means nothing in the next trace. */
const MOST_ALIKE = 3;

/** Puts traces on top of one another: the places of all of them, depth first. */
export function alignReports(reports: readonly Report[]): Place[] {
  const pathMs = reports.map(criticalMs);
  const places: Place[] = [];
  const stack: Group[] = childrenOf(
    null,
    reports.map((report) => nest(report.spans)),
  ).reverse();
  for (let group = stack.pop(); group; group = stack.pop()) {
    const { members, ...rest } = group;
    places.push({ ...rest, samples: members.map((nodes, trace) => sampleOf(nodes, pathMs[trace])) });
    const below = members.map((nodes) => nodes.flatMap((node) => node.children));
    stack.push(...childrenOf(group, below).reverse());
  }
  return places;
}

/** A place with the spans of each trace that belong there. */
interface Group extends Omit<Place, 'samples'> {
  members: Nested[][];
}

/** @param below for each trace the spans beneath the parent */
function childrenOf(parent: Group | null, below: readonly Nested[][]): Group[] {
  const byName = new Map<string, Nested[][]>();
  below.forEach((nodes, trace) => {
    for (const node of nodes) {
      const key = `${node.span.service}\0${node.span.name}`;
      const members = byName.get(key) ?? below.map(() => []);
      byName.set(key, members);
      members[trace]?.push(node);
    }
  });
  return [...byName.values()].flatMap((members) => {
    const most = members.reduce((count, nodes) => Math.max(count, nodes.length), 0);
    if (most > MOST_ALIKE) return [groupOf(parent, members, null, true)];
    return Array.from({ length: most }, (_, index) => {
      const single = members.map((nodes) => nodes.slice(index, index + 1));
      return groupOf(parent, single, most === 1 ? null : index + 1, false);
    });
  });
}

function groupOf(parent: Group | null, members: Nested[][], ordinal: number | null, folded: boolean): Group {
  const { service = '', name = '' } = members.find((nodes) => nodes.length > 0)?.[0]?.span ?? {};
  return { service, name, ordinal, folded, depth: parent === null ? 0 : parent.depth + 1, parent, members };
}

/** Further up nobody reads, and in a chain of 100,000 spans, or with names of a megabyte, such paths would fill the memory. */
const LONGEST_PATH = 50;
const LONGEST_STEP = 200;

/** `service: name` of every span on the way from the root to the place, which is the last. */
export function pathTo(place: Pick<Place, 'service' | 'name' | 'ordinal' | 'parent'>): string[] {
  const path: string[] = [];
  for (let step: typeof place | null = place; step && path.length < LONGEST_PATH; step = step.parent) {
    const name = `${step.service}: ${step.name}`.slice(0, LONGEST_STEP);
    path.push(`${name}${step.ordinal === null ? '' : ` #${step.ordinal}`}`);
  }
  return path.reverse();
}

function sampleOf(nodes: readonly Nested[], pathMs: ReadonlyMap<string, number> | undefined): Sample | null {
  if (nodes.length === 0) return null;
  const sum = (of: (node: Nested) => number) => roundMs(nodes.reduce((total, node) => total + of(node), 0));
  return {
    spans: nodes.length,
    durationMs: sum(({ span }) => span.durationMs),
    selfMs: sum(({ span }) => span.selfMs),
    pathMs: sum(({ span }) => pathMs?.get(span.id) ?? 0),
  };
}

/** By span id. */
function criticalMs({ criticalPath }: Report): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { spanId, durationMs } of criticalPath) sums.set(spanId, (sums.get(spanId) ?? 0) + durationMs);
  return sums;
}
