import { type CodeFunction, OURS } from './functions.ts';
import type { Frame } from './samples.ts';

/**
 * The functions of a stack that say something to the author of the app, outermost first.
 *
 *   node … http   astro … render   [with]   Card.astro   optimise   svgo.optimize … css-tree …   now
 *   └─ before the span: cut ──────────┘      app          app        library: its entry           built in: leaf
 */
export function shownPath(leaf: Frame): CodeFunction[] {
  return withoutPassages(grouped(insideSpan(stackOf(leaf))));
}

/** Outermost first. */
export function stackOf(leaf: Frame): CodeFunction[] {
  const stack: CodeFunction[] = [];
  for (let at: Frame | undefined = leaf; at !== undefined; at = at.parent) stack.push(at.code);
  return stack.reverse();
}

/** A span's context is entered through this package: what is below that on the stack belongs to the spans around it. */
function insideSpan(stack: CodeFunction[]): CodeFunction[] {
  const entered = stack.findLastIndex(({ library }) => library === OURS);
  // Nothing but its entering: that is where the time goes.
  return entered === stack.length - 1 || onlyNode(stack, entered + 1)
    ? stack.slice(Math.max(0, entered))
    : stack.slice(entered + 1);
}

/** AsyncLocalStorage.run and its like. */
function onlyNode(stack: CodeFunction[], from: number): boolean {
  return from > 0 && stack.slice(from).every(({ origin }) => origin === 'node');
}

/** Of neighbours of one package the first stands for all; the app's own stay, recursion as one. */
function grouped(stack: CodeFunction[]): CodeFunction[] {
  return stack.filter((code, index) => {
    const caller = stack[index - 1];
    if (caller === undefined) return true;
    if (code.origin === 'app') return !isSame(code, caller);
    // What was compiled to WebAssembly is part of whoever brings it along.
    return !code.file?.startsWith('wasm:') && (code.origin !== caller.origin || code.library !== caller.library);
  });
}

/** Recursion; and a function within a component's frontmatter, which is called by the component's name as well. */
function isSame(code: CodeFunction, caller: CodeFunction): boolean {
  return code === caller || (code.file === caller.file && code.name === caller.name && code.name.endsWith('.astro'));
}

/** The framework, Node and what makes spans are shown where the time is spent in them, not where they pass it on. */
function withoutPassages(path: CodeFunction[]): CodeFunction[] {
  return path.filter((code, index) => index === path.length - 1 || !isPassage(code));
}

function isPassage(code: CodeFunction): boolean {
  return code.origin === 'node' || code.origin === 'astro' || isTracing(code);
}

export function isTracing({ library }: CodeFunction): boolean {
  return library === OURS || library?.startsWith('@opentelemetry/') === true;
}
