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
    [...Map.groupBy(group, targetOf).values()].flatMap((same) => {
      const all = series(same).filter((attempts) => same[0]?.kind !== 'query' || attempts.length === same.length);
      return all.length === 0 ? [] : [describe(parent, all)];
    }),
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

function describe(parent: Node, all: readonly Node[][]): Finding {
  const [first] = all[0] as [Node];
  const attempts = all.flat();
  const gaveUp = all.filter((each) => hasFailed(each.at(-1) as Node)).length;
  const outcome =
    gaveUp === 0 ? 'which then succeeded' : gaveUp === all.length ? 'in vain' : `${gaveUp} of them in vain`;
  const calls = all.length === 1 ? first.span.name : `${all.length} calls of ${first.span.name}`;
  const reason = first.error ?? `answered ${told(first.span, 'status')}`;
  return {
    rule: 'retry',
    severity: 'warning',
    message: `${first.span.service}: ${attempts.length} attempts at ${calls} for "${parent.span.name}", ${outcome}; the first failed: ${reason}`,
    ms: toMs(all.reduce((sum, each) => sum + lost(each), 0)),
    spanIds: attempts.slice(0, 50).map((node) => node.span.spanId),
    next: 'Look for why the first attempt failed, and whether the pause between attempts and their number fit what the caller can wait for.',
  };
}

/** ns until the attempt that succeeded began. */
function lost(attempts: readonly Node[]): number {
  const [first, last] = [attempts[0] as Node, attempts.at(-1) as Node];
  return (hasFailed(last) ? last.end : last.start) - first.start;
}
