import type { CodeFunction } from '../../src/profiler/functions.ts';
import type { Frame } from '../../src/profiler/samples.ts';

/**
 * Stacks for tests, written as they are drawn: `node:http astro:render app:page lib:optimize`, outermost first. The same word is always
 * the same function.
 */
const known = new Map<string, CodeFunction>();

export function code(word: string): CodeFunction {
  let function_ = known.get(word);
  if (function_ === undefined) {
    const [kind = '', name = ''] = word.split(':');
    const origin = (['app', 'astro', 'node'] as const).find((known) => known === kind) ?? 'library';
    const library = origin === 'library' ? (kind === 'ours' ? '@onetrace/instrumentation' : kind) : undefined;
    function_ = { name, file: `${kind}/${name}.js`, line: 1, origin, library };
    known.set(word, function_);
  }
  return function_;
}

export function stack(words: string): Frame {
  let frame: Frame | undefined;
  for (const word of words.split(' ')) frame = { parent: frame, code: code(word) };
  if (frame === undefined) throw new Error('an empty stack');
  return frame;
}
