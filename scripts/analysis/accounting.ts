import type { Account } from './account.ts';
import type { CriticalPath } from './critical-path.ts';
import { explainBySpan } from './explain-by-span.ts';
import type { Node } from './node.ts';
import { explainBySample } from './profile/explain-by-sample.ts';
import { explainPath, type Piece } from './profile/explain-path.ts';

/** An account of one span, and of one inferred span where samples explain it. */
export interface Part extends Account {
  node: Node;
  leaf: Node | null;
}

/** Shares out the critical path, so that the accounts add up to the root's duration. Largest first. */
export function account(path: CriticalPath): Account[] {
  return sumUp(explain(path));
}

/**
 * What samples do not explain is explained by its span, where it can; the rest stays `unknown`, under the name of the span in which it
 * happened: nothing is guessed.
 */
export function explain(path: CriticalPath): Part[] {
  const parts: Part[] = [];
  for (const [node, pieces] of Map.groupBy(explainPath(path), (piece) => piece.node)) {
    const unexplained: Piece[] = [];
    for (const piece of pieces) {
      const found = explainBySample(piece);
      if (found) parts.push({ ...found, ns: piece.end - piece.start, samples: piece.samples, node, leaf: piece.leaf });
      else unexplained.push(piece);
    }
    for (const { kind, name, ns } of explainBySpan(node, unexplained)) {
      if (ns > 0) parts.push({ kind, name, ...nowhere, ns, samples: 0, node, leaf: null });
    }
  }
  return parts;
}

const nowhere = { location: null, origin: null, library: null, caller: null };

/** Accounts of one name, place and caller are one. */
export function sumUp(parts: readonly Account[]): Account[] {
  const sums = new Map<string, Account>();
  for (const { kind, name, location, origin, library, caller, ns, samples } of parts) {
    const key = keyOf({ kind, name, location, caller });
    const known = sums.get(key);
    if (known) {
      known.ns += ns;
      known.samples += samples;
    } else {
      sums.set(key, { kind, name, location, origin, library, caller, ns, samples });
    }
  }
  return [...sums.values()].sort((a, b) => b.ns - a.ns);
}

/** What makes two accounts, of one trace or of two, the same. */
export function keyOf({
  kind,
  name,
  location,
  caller,
}: Pick<Account, 'kind' | 'name' | 'location' | 'caller'>): string {
  return JSON.stringify([kind, name, location, caller]);
}
