import type { Span, Warning } from '../../model/trace.ts';
import { byStart, type Node } from '../node.ts';

/**
 * Puts inferred spans below the recorded ones whose time they explain, moved by as much as the clock of those was. Below what is not
 * in the trace they explain nothing: they are left out, and it is said.
 */
export function attachInferred(recorded: readonly Node[], spans: readonly Span[]): Warning[] {
  if (spans.length === 0) return [];
  const below = Map.groupBy(spans, (span) => span.parentId);
  const stack = recorded.filter(({ span }) => below.has(span.spanId));
  let attached = 0;
  for (const node of stack) node.inferred = place(node);
  const open = stack.flatMap((node) => node.inferred);
  for (let node = open.pop(); node; node = open.pop()) {
    attached += 1;
    node.children = place(node);
    open.push(...node.children);
  }
  if (attached === spans.length) return [];
  const message = `${spans.length - attached} span(s) drawn from samples belong to spans that are not in the trace; left out`;
  return [{ code: 'inferred-without-span', message, spanIds: [] }];

  /** An id is taken once: whatever the ids say, the walk ends. */
  function place(parent: Node): Node[] {
    const children = below.get(parent.span.spanId) ?? [];
    below.delete(parent.span.spanId);
    const offset = parent.start - parent.span.start;
    const toNode = (span: Span): Node => ({
      span,
      parent,
      awaited: true,
      estimated: true,
      children: [],
      inferred: [],
      start: span.start + offset,
      end: span.end + offset,
      error: null,
      call: null,
    });
    return children.map(toNode).sort(byStart);
  }
}
