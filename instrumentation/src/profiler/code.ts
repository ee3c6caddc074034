import { fileURLToPath } from 'node:url';
import type { RawNode } from './engine.ts';
import { type CodeFunction, describeFunction, type Position } from './functions.ts';
import type { SourceMaps } from './source-maps.ts';

/** Functions of an app that were ever seen; an app that makes new ones without end starts over. */
const MAX_KNOWN = 20_000;
/** This package, as built or as source. */
const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url)).replaceAll('\\', '/');

/** All functions that samples have shown, one object each: what is the same is the same object. */
export class KnownCode {
  readonly #known = new Map<string, CodeFunction>();
  readonly #unmapped: { position: Position; code: CodeFunction }[] = [];
  readonly #maps: SourceMaps;

  constructor(maps: SourceMaps) {
    this.#maps = maps;
  }

  /** By its place in the generated file; the author's follows with `resolve`. */
  of({ name, scriptName, lineNumber, columnNumber }: RawNode): CodeFunction {
    const key = `${name}\n${scriptName}:${lineNumber}:${columnNumber}`;
    let code = this.#known.get(key);
    if (code === undefined) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      const position = { name, script: pathOf(scriptName), line: lineNumber, column: columnNumber };
      code = describeFunction(position, OWN_FOLDER, process.cwd());
      this.#known.set(key, code);
      this.#unmapped.push({ position, code });
    }
    return code;
  }

  /** Looks up what has been seen since the last time. */
  async resolve(): Promise<void> {
    for (const { position, code } of this.#unmapped.splice(0)) {
      const original = await this.#maps.original(position);
      if (original !== position) Object.assign(code, describeFunction(original, OWN_FOLDER, process.cwd()));
    }
  }
}

function pathOf(script: string): string {
  if (!script.startsWith('file:')) return script;
  try {
    return fileURLToPath(script);
  } catch {
    return script;
  }
}
