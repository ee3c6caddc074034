import type { Node } from '../node.ts';
import { isInferred } from '../semantics.ts';
import { libraryOf, locationOf, type Origin, originOf } from './inferred.ts';

/** The function that is named for a stretch: one that the reader knows, not the innermost of a library's. */
export interface Culprit {
  name: string;
  /** `file:line` */
  location: string | null;
  origin: Origin | null;
  library: string | null;
  /** The reader's own function that called it, with its place; null: it is the reader's own, or nobody's that is known. */
  caller: string | null;
}

/**
 * Collapses a stack to one name. The reader's own function stands for itself. What it calls stands under the library's entry, since
 * that call is what can be changed; what it calls of Node itself stands under the function that calls:
 *
 *     highlight (app) → codeToHtml (shiki) → tokenize (shiki) → exec (oniguruma)      codeToHtml (shiki), called by highlight
 *     loadIcon (app)  → readFileSync (Node)                                           loadIcon → readFileSync
 *     dispatch (Node) → render (Astro) → renderChild (Astro)                          render (Astro)
 */
export function culpritOf(leaf: Node): Culprit {
  const stack = knownOf(stackOf(leaf));
  const own = stack.findLastIndex((node) => originOf(node.span) === 'app');
  const caller = stack[own];
  if (caller && caller === stack.at(-1)) return { ...placeOf(caller), name: caller.span.name, caller: null };
  if (!caller) return named(entryOf(stack), null);
  const called = stack.slice(own + 1);
  const entry = called.find(({ span }) => isForeign(originOf(span)));
  if (entry) return named(entry, caller);
  return {
    ...placeOf(caller),
    origin: 'node',
    library: null,
    name: `${caller.span.name} → ${called[0]?.span.name}`,
    caller: null,
  };
}

/** The inferred spans from the outermost to the leaf. */
export function stackOf(leaf: Node): Node[] {
  const stack: Node[] = [];
  for (let node: Node | null = leaf; node && isInferred(node.span); node = node.parent) stack.push(node);
  return stack.reverse();
}

/** Without the innermost functions of which nobody knows whose they are: they belong to whoever called them. */
function knownOf(stack: Node[]): Node[] {
  const known = stack.findLastIndex(({ span }) => originOf(span) !== null);
  return known < 0 ? stack : stack.slice(0, known + 1);
}

/** Of the functions of one owner that end the stack, the first. */
function entryOf(stack: readonly Node[]): Node {
  const owner = (node: Node) => `${originOf(node.span) ?? 'node'} ${libraryOf(node.span)}`;
  const leaf = stack.at(-1) as Node;
  const other = stack.findLastIndex((node) => owner(node) !== owner(leaf));
  return stack[other + 1] ?? leaf;
}

function named(entry: Node, caller: Node | undefined | null): Culprit {
  const { origin, library, location } = placeOf(entry);
  const owner = origin === 'library' ? library : origin === 'astro' ? 'Astro' : origin === 'node' ? 'Node' : null;
  const place = caller && locationOf(caller.span);
  return {
    name: owner === null ? entry.span.name : `${entry.span.name} (${owner})`,
    location,
    origin,
    library,
    caller: caller ? [caller.span.name, place].filter(Boolean).join(' ') : null,
  };
}

function placeOf({ span }: Node): Pick<Culprit, 'location' | 'origin' | 'library'> {
  return { location: locationOf(span), origin: originOf(span), library: libraryOf(span) };
}

const isForeign = (origin: Origin | null) => origin === 'library' || origin === 'astro';
