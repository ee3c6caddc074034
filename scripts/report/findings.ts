import { findUntracedApps } from '../analysis/detectors/app-not-traced.ts';
import { findErrors } from '../analysis/detectors/error.ts';
import { findFanOut } from '../analysis/detectors/fan-out.ts';
import { findMissingIndexes } from '../analysis/detectors/missing-index.ts';
import { findNPlusOne } from '../analysis/detectors/n-plus-one.ts';
import { findRedirect } from '../analysis/detectors/redirect.ts';
import { findRetries } from '../analysis/detectors/retry.ts';
import { findSequentialCalls } from '../analysis/detectors/sequential-calls.ts';
import { findSlowConnect } from '../analysis/detectors/slow-connect.ts';
import { findUpstreamsDown } from '../analysis/detectors/upstream-down.ts';
import type { Node } from '../analysis/node.ts';
import { outgoingCalls } from '../analysis/outgoing.ts';
import type { Finding } from '../model/finding.ts';
import type { RequestFacts } from '../model/request.ts';

export interface Findable {
  nodes: readonly Node[];
  /** Of them those that asked an upstream. */
  proxies: readonly Node[];
  main: Node | null;
  request: RequestFacts | null;
}

/** All detectors: what failed, in the order of its causes, then what takes time, most first. */
export function findAll({ nodes, proxies, main, request }: Findable): Finding[] {
  const total = main ? main.end - main.start : 0;
  const calls = outgoingCalls(nodes);
  const slow = [
    ...findNPlusOne(calls, total),
    ...findMissingIndexes(calls),
    ...findRetries(calls),
    ...findSequentialCalls(calls, total),
    ...findFanOut(calls),
    ...(main ? findSlowConnect(main) : []),
  ];
  return [
    ...findErrors(nodes),
    ...findUpstreamsDown(proxies),
    ...findUntracedApps(proxies),
    ...findRedirect(request),
    ...fewOfEach(slow.sort((a, b) => RANK[a.severity] - RANK[b.severity] || (b.ms ?? 0) - (a.ms ?? 0))),
  ];
}

/** Nobody works through more of one kind, and a large trace may have thousands. */
const MOST_OF_EACH = 10;

function fewOfEach(findings: readonly Finding[]): Finding[] {
  const counts = new Map<Finding['rule'], number>();
  const kept = findings.filter(({ rule }) => {
    const count = (counts.get(rule) ?? 0) + 1;
    counts.set(rule, count);
    return count <= MOST_OF_EACH;
  });
  return kept.map((finding, index) => {
    const more = (counts.get(finding.rule) ?? 0) - MOST_OF_EACH;
    const isLast = index === kept.findLastIndex(({ rule }) => rule === finding.rule);
    return more > 0 && isLast ? { ...finding, message: `${finding.message} (and ${more} more like it)` } : finding;
  });
}

const RANK: Record<Finding['severity'], number> = { error: 0, warning: 1, info: 2 };
