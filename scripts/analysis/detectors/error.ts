import type { Finding } from '../../model/finding.ts';
import { toMs } from '../../model/units.ts';
import { errorOf } from '../errors.ts';
import type { Node } from '../node.ts';

/** More than these are symptoms. */
const MOST = 5;

/** Failures, first cause first: a span is a cause if none of its children failed, and the earliest end comes first. */
export function findErrors(nodes: readonly Node[]): Finding[] {
  const failed = new Map(
    nodes.flatMap((node) => (errorOf(node.span) === null ? [] : [[node, errorOf(node.span)] as const])),
  );
  const passedOn = new Set([...failed.keys()].map((node) => node.parent));
  const causes = [...failed].filter(([node]) => !passedOn.has(node)).sort(([a], [b]) => a.end - b.end);
  return causes.slice(0, MOST).map(([node, message]): Finding => {
    const { span } = node;
    return {
      rule: 'error',
      severity: 'error',
      message: `${span.service}: ${span.name}: ${message}`,
      ms: toMs(node.end - node.start),
      spanIds: [span.spanId],
      next: span.events.some((event) => 'exception.stacktrace' in event.attributes)
        ? "The span's exception event has the stack trace."
        : `Look into the log of ${span.service} at that time.`,
    };
  });
}
