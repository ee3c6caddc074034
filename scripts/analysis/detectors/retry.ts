import type { Finding } from '../../model/finding.ts';
import { toMs } from '../../model/units.ts';
import type { Node } from '../node.ts';
import type { Outgoing } from '../outgoing.ts';
import { told, toldNumber } from '../semantics.ts';

/**
 * The same call again after it has failed: what the failed attempts and the pauses between them have cost. Queries do not show their
 * values: where others of the same statement succeeded before, it is a loop.
 */
export function findRetries(calls: readonly Outgoing[]): Finding[] {
  const places = Map.groupBy(
    calls.filter(({ node }) => node.parent !== null),
    ({ node }) => node.parent as Node,
  );
  const failing = [...places].filter(([, group]) => group.length > 1 && group.some(({ node }) => hasFailed(node)));
  return failing.flatMap(([parent, group]) =>
    [...Map.groupBy(group, targetOf).values()].flatMap((same) =>
      series(same)
        .filter((attempts) => same[0]?.kind !== 'query' || attempts.length === same.length)
        .map((attempts) => describe(parent, attempts)),
    ),
  );
}

/** Calls of other values are other calls, not attempts: here the values count. */
function targetOf({ node: { span }, signature }: Outgoing): string {
  return `${signature} ${told(span, 'statement') ?? told(span, 'url') ?? span.name}`;
}

/** Attempts in a row: each but the last has failed, and the next began after its end. */
function series(calls: readonly Outgoing[]): Node[][] {
  const all: Node[][] = [];
  let open: Node[] = [];
  for (const { node } of calls.toSorted((a, b) => a.node.start - b.node.start)) {
    const before = open.at(-1);
    if (before && !(hasFailed(before) && node.start >= before.end)) {
      all.push(open);
      open = [];
    }
    open.push(node);
  }
  all.push(open);
  return all.filter((attempts) => attempts.length > 1);
}

/** A client counts any 4xx as its error; only of 408 and 429 it is told to come back. */
function hasFailed({ span, error }: Node): boolean {
  const status = toldNumber(span, 'status') ?? 0;
  if (status >= 400 && status < 500) return status === 408 || status === 429;
  return error !== null;
}

function describe(parent: Node, attempts: readonly Node[]): Finding {
  const [first, last] = [attempts[0] as Node, attempts.at(-1) as Node];
  const outcome = hasFailed(last) ? 'all of which failed' : `the last of which succeeded`;
  return {
    rule: 'retry',
    severity: 'warning',
    message: `${first.span.service}: ${attempts.length} attempts at ${first.span.name} for "${parent.span.name}", ${outcome}; the first failed: ${first.error ?? `answered ${told(first.span, 'status')}`}`,
    ms: toMs(hasFailed(last) ? last.end - first.start : last.start - first.start),
    spanIds: attempts.slice(0, 50).map((node) => node.span.spanId),
    next: 'Look for why the first attempt failed, and whether the pause between attempts and their number fit what the caller can wait for.',
  };
}
