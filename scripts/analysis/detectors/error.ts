import type { Finding } from '../../model/finding.ts';
import type { Span } from '../../model/trace.ts';
import { toMs } from '../../model/units.ts';
import { covered } from '../coverage.ts';
import type { Node } from '../node.ts';
import { toldNumber } from '../semantics.ts';

/** More than these are symptoms. */
const MOST = 5;

/** Failures, first cause first: a failed span is a cause if nothing beneath it failed, and the earliest end comes first. */
export function findErrors(nodes: readonly Node[]): Finding[] {
  const failed = nodes.filter(({ error }) => error !== null);
  const symptoms = ancestors(failed);
  const causes = failed.filter((node) => !symptoms.has(node)).sort((a, b) => a.end - b.end);
  const alike = Map.groupBy(causes, ({ span, error }) => `${span.service}\n${span.name}\n${error}`);
  return [...alike.values()].slice(0, MOST).map(describe);
}

function ancestors(nodes: readonly Node[]): Set<Node> {
  const found = new Set<Node>();
  for (const node of nodes) {
    for (let above = node.parent; above && !found.has(above); above = above.parent) found.add(above);
  }
  return found;
}

/** The same failure again and again is one finding. */
function describe(nodes: readonly Node[]): Finding {
  const [{ span, error }] = nodes as [Node];
  return {
    rule: 'error',
    severity: isRefusal(span) ? 'warning' : 'error',
    message: `${span.service}: ${span.name}: ${error}${nodes.length > 1 ? ` (${nodes.length} times)` : ''}`,
    ms: toMs(covered(nodes)),
    spanIds: nodes.slice(0, 50).map((node) => node.span.spanId),
    next: nextStep(span),
  };
}

function nextStep(span: Span): string {
  if (span.events.some((event) => 'exception.stacktrace' in event.attributes)) {
    return "The span's exception event has the stack trace.";
  }
  if (isRefusal(span)) return 'The request was refused: check its address, method and headers.';
  if (span.kind === 'client')
    return 'Look into the log of the service that was called: nothing of it in this trace has failed.';
  return `Look into the log of ${span.service} at that time.`;
}

/** 4xx: the caller's mistake, which only the caller's own span counts as an error. */
function isRefusal(span: Span): boolean {
  const status = toldNumber(span, 'status') ?? 0;
  return status >= 400 && status < 500;
}
