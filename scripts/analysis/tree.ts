import type { Span, Trace, Warning } from '../model/trace.ts';
import { alignClocks } from './clocks.ts';
import { errorOf } from './errors.ts';
import { byStart, type Node } from './node.ts';
import { attachInferred } from './profile/attach.ts';
import { callKindOf, isInferred } from './semantics.ts';

export interface Tree {
  /** By start; spans whose parent is missing are roots too. */
  roots: Node[];
  /** The root that the verdict is about: the longest of those sent as roots, else the longest of all. null: an empty trace. */
  main: Node | null;
  warnings: Warning[];
}

export function buildTree(trace: Trace): Tree {
  const inferred: Span[] = [];
  const nodes: Node[] = [];
  for (const span of trace.spans) {
    if (isInferred(span)) inferred.push(span);
    else nodes.push(toNode(span));
  }
  const warnings = link(nodes, trace.traceId);
  const roots = nodes.filter((node) => node.parent === null);
  warnings.push(...alignClocks(roots), ...attachInferred(nodes, inferred));

  for (const { children } of nodes) if (children.length > 1) children.sort(byStart);
  roots.sort(byStart);
  const main = longest(roots.filter((root) => root.span.parentId === null)) ?? longest(roots);
  if (main && roots.length > 1) {
    const message = `the trace has ${roots.length} roots; total, critical path and accounting are those of "${main.span.name}" (${main.span.service})`;
    warnings.push({ code: 'several-roots', message, spanIds: roots.slice(0, 20).map((root) => root.span.spanId) });
  }
  return { roots, main, warnings };
}

/** Of all the nodes that have none, which most are: nobody writes to it. */
const NONE: Node[] = [];

function toNode(span: Span): Node {
  const { start, end } = span;
  return {
    span,
    parent: null,
    awaited: true,
    estimated: false,
    children: NONE,
    inferred: NONE,
    start,
    end,
    error: errorOf(span),
    call: callKindOf(span),
  };
}

function longest(nodes: Node[]): Node | null {
  return nodes.reduce<Node | null>(
    (best, node) => (best && best.end - best.start >= node.end - node.start ? best : node),
    null,
  );
}

function link(nodes: Node[], traceId: string): Warning[] {
  const byId = new Map<string, Node>();
  for (const node of nodes) byId.set(node.span.spanId, node);
  const orphans: string[] = [];
  // In a cycle there is always a parent that does not come before its child.
  const suspects: Node[] = [];
  for (const node of nodes) {
    const { parentId } = node.span;
    const parent = parentId === null ? followed(node, traceId, byId) : (byId.get(parentId) ?? null);
    node.awaited = parentId === null ? parent === null : !followsFrom(node.span, parentId);
    if (parent !== null) {
      node.parent = parent;
      if (parent.children === NONE) parent.children = [node];
      else parent.children.push(node);
      if (byStart(parent, node) >= 0) suspects.push(node);
    } else if (parentId !== null) orphans.push(node.span.spanId);
  }
  const cut = cutCycles(suspects);

  const warnings: Warning[] = [];
  if (orphans.length > 0) {
    const message = `${orphans.length} span(s) name a parent that is not in the trace; shown as roots`;
    warnings.push({ code: 'missing-parent', message, spanIds: orphans.slice(0, 20) });
  }
  if (cut.length > 0) {
    const message = `${cut.length} cycle(s) of parents; each was cut at its earliest span`;
    warnings.push({ code: 'cycle', message, spanIds: cut.slice(0, 20) });
  }
  return warnings;
}

/** A span without a parent, but with a link to an earlier span of this trace: what it says of its cause. */
function followed({ span, start }: Node, traceId: string, byId: Map<string, Node>): Node | null {
  if (span.links.length === 0) return null;
  const causes = span.links.map((link) => (link.traceId === traceId ? byId.get(link.spanId) : undefined));
  return causes.find((cause) => cause && cause.start < start) ?? null;
}

/** OpenTracing's FOLLOWS_FROM: the parent is the cause, and does not depend on the result. */
function followsFrom(span: Span, parentId: string): boolean {
  if (span.links.length === 0) return false;
  return span.links.some(
    (link) => link.spanId === parentId && link.attributes['opentracing.ref_type'] === 'follows_from',
  );
}

/**
 * A walk up that meets itself has found a cycle, whose earliest node becomes a root. No node is walked twice.
 */
function cutCycles(suspects: readonly Node[]): string[] {
  const walkOf = new Map<Node, number>();
  const cut: string[] = [];
  suspects.forEach((first, walk) => {
    let node: Node | null = first;
    while (node && !walkOf.has(node)) {
      walkOf.set(node, walk);
      node = node.parent;
    }
    if (!node || walkOf.get(node) !== walk) return;
    const earliest = earliestAround(node);
    if (earliest.parent) earliest.parent.children = earliest.parent.children.filter((child) => child !== earliest);
    earliest.parent = null;
    cut.push(earliest.span.spanId);
  });
  return cut;
}

function earliestAround(first: Node): Node {
  let earliest = first;
  for (let node = first.parent; node && node !== first; node = node.parent) {
    if (byStart(node, earliest) < 0) earliest = node;
  }
  return earliest;
}
