import type { ReceivedSpan } from './receiver.ts';

/** A trace as names, indented by depth, siblings by start: what a failed test shows says what did arrive. */
export function tree(spans: ReceivedSpan[], name = (span: ReceivedSpan) => span.name): string[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const below = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter((span) => (parent === undefined ? !ids.has(span.parentSpanId ?? '') : span.parentSpanId === parent))
      .sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)))
      .flatMap((span) => ['  '.repeat(depth) + name(span), ...below(span.spanId, depth + 1)]);
  return below(undefined, 0);
}
