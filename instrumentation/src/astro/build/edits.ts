import type MagicString from 'magic-string';

/** Gives the local name of a function of ../runtime/seams.ts. */
type SeamName = (seam: string) => string;

/** Edits a module; false, with nothing changed, if it is not written as expected. */
export type Edit = (code: string, text: MagicString, seam: SeamName) => boolean;

/**
 * The function moves to another name, and one of the old name calls it through the seam. No assignment: a module that does something
 * when it is loaded is in the way of bundlers, which move Astro's modules about as long as they only declare.
 */
export function wrapped(name: string, by: string, first = ''): Edit {
  return before(new RegExp(`^(async )?function ${name}\\(`, 'm'), (seam, [, async = '']) => [
    `function ${name}(...args) {\n  return ${seam(by)}(${first}onetrace_${name})(...args);\n}\n`,
    `${async}function onetrace_${name}(`,
  ]);
}

/** An asynchronous method moves to another name, and one of the old name calls it. `args` is what the seam gets before that call. */
export function method(name: string, by: string, args: string): Edit {
  return before(new RegExp(`^ {2}async ${name}\\(`, 'm'), (seam) => [
    `  ${name}(...args) {\n    return ${seam(by)}(${args}, () => this.onetrace_${name}(...args));\n  }\n`,
    `  async onetrace_${name}(`,
  ]);
}

export function staticMethod(owner: string, name: string, by: string): Edit {
  return before(new RegExp(`^ {2}static async ${name}\\(`, 'm'), (seam) => [
    `  static ${name}(...args) {\n    return ${seam(by)}(${owner}.onetrace_${name})(...args);\n  }\n`,
    `  static async onetrace_${name}(`,
  ]);
}

/** The same for a method that is called once for each component: no closure, no array of arguments. */
export function forwarded(name: string, parameter: string): Edit {
  return before(new RegExp(`^ {2}${name}\\(${parameter}\\) \\{`, 'm'), (seam) => [
    `  ${name}(${parameter}) {\n    return ${seam(name)}(this, ${parameter});\n  }\n`,
    `  onetrace_${name}(${parameter}) {`,
  ]);
}

/** As often as it has to be there. */
export function replaced(anchor: RegExp, times: number, write: (found: string, seam: SeamName) => string): Edit {
  return (code, text, seam) => {
    const found = [...code.matchAll(anchor)];
    if (found.length !== times) return false;
    for (const match of found) text.update(match.index, match.index + match[0].length, write(match[0], seam));
    return true;
  };
}

/** All of these or none. */
export function together(...edits: Edit[]): Edit {
  return (code, text, seam) => {
    const trial = text.clone();
    if (!edits.every((edit) => edit(code, trial, seam))) return false;
    for (const edit of edits) edit(code, text, seam);
    return true;
  };
}

function before(anchor: RegExp, write: (seam: SeamName, found: RegExpExecArray) => [string, string]): Edit {
  return (code, text, seam) => {
    const found = anchor.exec(code);
    if (found === null) return false;
    text.update(found.index, found.index + found[0].length, write(seam, found).join(''));
    return true;
  };
}
