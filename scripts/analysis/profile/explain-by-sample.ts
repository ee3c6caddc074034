import type { Account } from '../account.ts';
import type { Node } from '../node.ts';
import { isInProcess } from '../outgoing.ts';
import { calledService, isWaitForLoop, isWaitInQueue } from '../span-kinds.ts';
import { type Culprit, culpritOf } from './collapse.ts';
import type { Piece } from './explain-path.ts';
import { activityOf, locationOf } from './inferred.ts';

type Explanation = Omit<Account, 'ns' | 'samples'>;

/** What the samples of a stretch say. null: nothing that the span would not know better. */
export function explainBySample({ node, leaf, atWork }: Piece): Explanation | null {
  const { service } = node.span;
  if (!leaf) {
    const known = node.span.kind === 'client' || isWaitInQueue(node) || isWaitForLoop(node);
    return atWork && !known ? { kind: 'cpu', name: `${service}: ${node.span.name}`, ...nobody } : null;
  }
  if (!asks(node, leaf)) return null;
  const place = { ...nobody, location: locationOf(leaf.span) };
  switch (activityOf(leaf.span)) {
    case 'gc':
      return { kind: 'gc', name: `${service}: ${leaf.span.name}`, ...nobody };
    case 'blocked':
      return { kind: 'blocked', name: `${service}: ${waitName(node)}${leaf.span.name}`, ...place };
    case 'wait':
      return { kind: 'wait', name: `${service}: ${leaf.span.name} in ${node.span.name}`, ...nobody };
    case 'cpu': {
      const { name, ...culprit } = culpritOf(leaf);
      if (!isWaitForLoop(node)) return { kind: 'cpu', name: `${service}: ${name}`, ...culprit };
      return { kind: 'blocked', name: `${service}: ${waitName(node)}event loop busy: ${name}`, ...culprit };
    }
  }
}

const nobody: Pick<Culprit, 'location' | 'origin' | 'library' | 'caller'> = {
  location: null,
  origin: null,
  library: null,
  caller: null,
};

/**
 * Whether the span leaves the question open. A statement of a database in the process is its own answer, and says more than the
 * function of the driver; a call that is on its way is waited for, whatever the thread does meanwhile.
 */
function asks(node: Node, leaf: Node): boolean {
  const activity = activityOf(leaf.span);
  if (activity === 'gc') return true;
  if (isInProcess(node.span) || isWaitInQueue(node)) return false;
  if (node.span.kind === 'client') return calledService(node) !== undefined && activity !== 'wait';
  return true;
}

const waitName = (node: Node): string => (isWaitForLoop(node) ? `${node.span.name}: ` : '');
