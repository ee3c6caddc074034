import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InvalidOriginalMapping, OriginalMapping, TraceMap } from '@jridgewell/trace-mapping';
import { firstLine } from '../preload/say.ts';
import type { Position } from './functions.ts';

/** At the end of a generated file: where its map is. The last one counts, as in a browser. */
const COMMENT = /\/[/*][#@]\s*sourceMappingURL=([^\s'"*]+)(?![\s\S]*sourceMappingURL=)/;
/** What Astro puts before the first statement of a component. */
const WRAPPER_LINES = 10;
const INLINE = /^data:application\/json[^,]*?(;base64)?,/;

/** From what was generated back to what the author wrote. */
export class SourceMaps {
  readonly #maps = new Map<string, Promise<TraceMap | undefined>>();
  readonly #warn: (line: string) => void;
  #warned = false;

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  /** The position itself where there is no map, or none that can be read: then it says so, once. */
  async original(position: Position): Promise<Position> {
    const { script, line, column, name } = position;
    if (line < 1 || !isBuilt(script)) return position;
    const map = await this.#mapOf(script);
    if (map === undefined) return position;
    const { originalPositionFor, LEAST_UPPER_BOUND } = await library();
    let found: Partial<OriginalMapping | InvalidOriginalMapping> = originalPositionFor(map, {
      line,
      column: Math.max(0, column - 1),
    });
    // The function that Astro wraps around a component's frontmatter is nowhere in the source; its first statement is.
    for (let below = line + 1; name === '' && !found.source && below < line + WRAPPER_LINES; below++) {
      const next = originalPositionFor(map, { line: below, column: 0, bias: LEAST_UPPER_BOUND });
      if (next.source?.endsWith('.astro')) found = next;
    }
    if (!found.source || !found.line) return position;
    return {
      name: name === '' ? '' : (found.name ?? name),
      script: found.source.startsWith('file:') ? fileURLToPath(found.source) : found.source,
      line: found.line,
      column: (found.column ?? 0) + 1,
    };
  }

  #mapOf(script: string): Promise<TraceMap | undefined> {
    let map = this.#maps.get(script);
    if (map === undefined) {
      map = this.#load(script).catch((error: unknown) => this.#unreadable(script, error));
      this.#maps.set(script, map);
    }
    return map;
  }

  async #load(script: string): Promise<TraceMap | undefined> {
    const code = await readFile(script, 'utf8');
    const url = COMMENT.exec(code.slice(-1_000_000))?.[1];
    if (url === undefined) return undefined;
    const inline = INLINE.exec(url);
    if (inline !== null) {
      const data = url.slice(inline[0].length);
      return open(inline[1] ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data), script);
    }
    const file = resolve(dirname(script), decodeURIComponent(url));
    return open(await readFile(file, 'utf8'), file);
  }

  #unreadable(script: string, error: unknown): undefined {
    if (this.#warned) return undefined;
    this.#warned = true;
    this.#warn(
      `the source map of ${script} cannot be read (${firstLine(error)}): such functions keep their place in the generated file`,
    );
    return undefined;
  }
}

async function open(text: string, file: string): Promise<TraceMap> {
  const { originalPositionFor, TraceMap } = await library();
  const map = new TraceMap(text, file);
  // Mappings are read when the first position is asked for, where an error would be the request's.
  originalPositionFor(map, { line: 1, column: 0 });
  return map;
}

/** Loaded by the first sample that needs it. */
function library() {
  return import('@jridgewell/trace-mapping');
}

/** Packages bring their maps, but seldom the sources; Node's own code has none. */
function isBuilt(script: string): boolean {
  return script.startsWith('/') && !script.includes('/node_modules/');
}
