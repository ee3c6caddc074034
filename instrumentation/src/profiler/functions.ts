/** Whose code a function is. */
export type Origin = 'app' | 'library' | 'astro' | 'node';

/** A function as its author knows it, or, without a source map, as V8 does. */
export interface CodeFunction {
  name: string;
  /** Relative to the app's root or from node_modules on; `undefined` for what is built into V8. */
  file: string | undefined;
  line: number | undefined;
  origin: Origin;
  /** The package, of a library. */
  library: string | undefined;
}

/** The place in what V8 runs. */
export interface Position {
  name: string;
  /** Path, or a name with a scheme (`node:fs`); empty for what is built in. */
  script: string;
  /** Both from 1; 0 where there is no source. */
  line: number;
  column: number;
}

export const OURS = '@onetrace/instrumentation';

/** @param root of the app, an absolute path */
export function describeFunction(position: Position, ownFolder: string, root: string): CodeFunction {
  const { script, line } = position;
  const file = script.replaceAll('\\', '/');
  const { origin, library } = originOf(file, ownFolder);
  const shown = file === '' ? undefined : shorten(file, root);
  return { name: nameOf(position, shown), file: shown, line: line > 0 ? line : undefined, origin, library };
}

function originOf(file: string, ownFolder: string): Pick<CodeFunction, 'origin' | 'library'> {
  if (file === '' || file.startsWith('node:') || file.startsWith('wasm:'))
    return { origin: 'node', library: undefined };
  if (file.startsWith(ownFolder)) return { origin: 'library', library: OURS };
  const library = packageOf(file);
  if (library === undefined) return { origin: 'app', library };
  if (library === 'astro' || library.startsWith('@astrojs/')) return { origin: 'astro', library: undefined };
  return { origin: 'library', library };
}

function packageOf(file: string): string | undefined {
  const [scope, name] = inNodeModules(file)?.split('/', 2) ?? [];
  return scope?.startsWith('@') && name !== undefined ? `${scope}/${name}` : scope;
}

/** The path below the innermost node_modules. */
function inNodeModules(file: string): string | undefined {
  const at = file.lastIndexOf('/node_modules/');
  return at === -1 ? undefined : file.slice(at + '/node_modules/'.length);
}

function shorten(file: string, root: string): string {
  const below = inNodeModules(file);
  if (below !== undefined) return `node_modules/${below}`;
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/** What has no name of its own is called by its place. What Astro makes of a component is such a function. */
function nameOf({ name, script, line }: Position, shown: string | undefined): string {
  const base = shown?.slice(shown.lastIndexOf('/') + 1);
  if (base?.endsWith('.astro') && (isAnonymous(name) || name.startsWith('$$'))) return base;
  if (!isAnonymous(name)) return script.startsWith('node:') ? name : withoutSuffix(name);
  if (base === undefined) return '(anonymous)';
  return line > 0 ? `(anonymous) ${base}:${line}` : `(module) ${base}`;
}

function isAnonymous(name: string): boolean {
  return name === '' || name === '(anonymous)';
}

/** Bundlers tell functions of the same name apart by a number, and the seams in Astro move some to another name. */
function withoutSuffix(name: string): string {
  return name.replace(/^onetrace_/, '').replace(/\$\d+$/, '');
}
